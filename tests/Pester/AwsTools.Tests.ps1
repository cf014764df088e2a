#Requires -Version 7.4
# Beside AWS.Tools: its objects go into our cmdlets, ours into its, and what its session variables say is what we use. AWS.Tools itself is not needed
# here: the types below have the full names and the members of AWSSDK.ECR and AWSSDK.IdentityManagement, and AWSSDK.Core is a real one of another version.
BeforeDiscovery { $noForeignSdk = -not $env:PIZZA_TEST_FOREIGN_SDK -or -not (Test-Path $env:PIZZA_TEST_FOREIGN_SDK) }

BeforeAll {
    $module = Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr'
    Import-Module $module -Force
    function Add-TypeOnce([string] $Name, [string] $Code) { if (-not ($Name -as [type])) { Add-Type $Code } }
    Add-TypeOnce Amazon.ECR.Model.Repository @'
        namespace Amazon.ECR
        {
            public class ImageTagMutability { public string Value { get; } public ImageTagMutability(string value) => Value = value; public override string ToString() => Value; }
            public class EncryptionType { public string Value { get; } public EncryptionType(string value) => Value = value; public override string ToString() => Value; }
        }
        namespace Amazon.ECR.Model
        {
            public class ImageScanningConfiguration { public bool? ScanOnPush { get; set; } }
            public class EncryptionConfiguration { public EncryptionType EncryptionType { get; set; } public string KmsKey { get; set; } }
            public class Repository
            {
                public System.DateTime? CreatedAt { get; set; }
                public EncryptionConfiguration EncryptionConfiguration { get; set; } = new EncryptionConfiguration { EncryptionType = new EncryptionType("AES256") };
                public ImageScanningConfiguration ImageScanningConfiguration { get; set; } = new ImageScanningConfiguration { ScanOnPush = false };
                public ImageTagMutability ImageTagMutability { get; set; } = new ImageTagMutability("MUTABLE");
                public string RegistryId { get; set; }
                public string RepositoryArn { get; set; }
                public string RepositoryName { get; set; }
                public string RepositoryUri { get; set; }
            }
        }
'@
    Add-TypeOnce Amazon.ECR.Model.ImageIdentifier 'namespace Amazon.ECR.Model { public class ImageIdentifier { public string ImageDigest { get; set; } public string ImageTag { get; set; } } }'
    Add-TypeOnce Amazon.IdentityManagement.Model.Role @'
        namespace Amazon.IdentityManagement.Model
        {
            public class AttachedPermissionsBoundary { public string PermissionsBoundaryArn { get; set; } }
            public class Role
            {
                public string Arn { get; set; }
                public string AssumeRolePolicyDocument { get; set; }
                public System.DateTime? CreateDate { get; set; }
                public string Description { get; set; } = "from AWS.Tools";
                public int? MaxSessionDuration { get; set; } = 3600;
                public string Path { get; set; } = "/";
                public AttachedPermissionsBoundary PermissionsBoundary { get; set; } = new AttachedPermissionsBoundary();
                public string RoleId { get; set; } = "AROAEXAMPLEEXAMPLE";
                public string RoleName { get; set; }
            }
            public class AttachedPolicyType { public string PolicyArn { get; set; } public string PolicyName { get; set; } }
            public class OpenIDConnectProviderListEntry { public string Arn { get; set; } }
        }
'@

    # What Get-ECRRepository and Get-IAMRole would return of the sandbox.
    function Get-ECRRepository([string] $RepositoryName) {
        foreach ($ours in Get-PizzaRepository $RepositoryName) {
            [Amazon.ECR.Model.Repository] @{ RepositoryName = $ours.RepositoryName; RegistryId = $ours.RegistryId; RepositoryArn = $ours.RepositoryArn; RepositoryUri = $ours.RepositoryUri; CreatedAt = $ours.CreatedAt.UtcDateTime }
        }
    }
    function Get-IAMRole([string] $RoleName) { [Amazon.IdentityManagement.Model.Role] @{ RoleName = $RoleName; Arn = "arn:aws:iam::123456789012:role/$RoleName" } }

    # The parameters of AWS.Tools' own cmdlets, as they bind.
    function Get-ECRImageMetadata {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseSingularNouns', '', Justification = 'The name is that of AWS.Tools.')]
        param(
            [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)] [string] $RepositoryName,
            [Parameter(ValueFromPipelineByPropertyName)] [string] $RegistryId,
            [Parameter(Position = 1, ValueFromPipelineByPropertyName)] [Alias('ImageIds')] [Amazon.ECR.Model.ImageIdentifier[]] $ImageId,
            [Parameter(ValueFromPipelineByPropertyName)] [Alias('RegionToCall')] [object] $Region
        )
        process { [pscustomobject] @{ RepositoryName = $RepositoryName; RegistryId = $RegistryId; ImageDigest = $ImageId.ImageDigest; Region = "$Region" } }
    }
    function Register-IAMRolePolicy {
        param(
            [Parameter(ValueFromPipeline, ValueFromPipelineByPropertyName, Position = 0)] [string] $RoleName,
            [Parameter(ValueFromPipelineByPropertyName)] [string] $PolicyArn
        )
        process { "$RoleName $PolicyArn" }
    }
}

Describe 'Objects of AWS.Tools' {
    BeforeEach { $null = Start-PizzaSandbox; $null = New-PizzaRepository team/one, team/two }
    AfterEach { Stop-PizzaSandbox }

    It 'Get-ECRRepository feeds <name>' -ForEach @(
        @{ name = 'Set-PizzaLifecycle'; run = { Get-ECRRepository team/* | Set-PizzaLifecycle -UntaggedDays 1 }; see = { $_.RepositoryName } }
        @{ name = 'Get-PizzaLifecycle'; run = { Get-ECRRepository team/* | Get-PizzaLifecycle }; see = { $_.RepositoryName } }
        @{ name = 'Get-PizzaRepository'; run = { Get-ECRRepository team/* | Get-PizzaRepository }; see = { $_.RepositoryName } }
        @{ name = 'New-PizzaRepository -Force'; run = { Get-ECRRepository team/* | New-PizzaRepository -Force }; see = { $_.RepositoryName } }
        @{ name = 'Grant-PizzaCiPolicy'; run = { Get-ECRRepository team/* | Grant-PizzaCiPolicy }; see = { $_.RepositoryName } }
        @{ name = 'New-PizzaCiRole'; run = { Get-ECRRepository team/* | New-PizzaCiRole o/r }; see = { $_.RepositoryName } }
        @{ name = 'Remove-PizzaRepository'; run = { $gone = Get-ECRRepository team/* | Remove-PizzaRepository -Force; if (-not (Get-PizzaRepository)) { $gone } }; see = { $_.RepositoryName } }
    ) {
        $out = & $run
        $out | ForEach-Object $see | Should -Be @('team/one', 'team/two')
    }

    It 'Get-ECRRepository feeds Get-PizzaImage, which finds nothing there, and no error' {
        Get-ECRRepository team/* | Get-PizzaImage -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'Get-IAMRole feeds <name>' -ForEach @(
        @{ name = 'Get-PizzaTrustSubject'; run = { Get-IAMRole github-ci | Get-PizzaTrustSubject }; see = { $_.RoleName } }
        @{ name = 'Add-PizzaTrustSubject'; run = { Get-IAMRole github-ci | Add-PizzaTrustSubject o/r }; see = { $_.RoleName } }
        @{ name = 'Test-PizzaTrustSubject'; run = { Get-IAMRole github-ci | Test-PizzaTrustSubject o/r }; see = { $_.RoleName } }
        @{ name = 'New-PizzaCiRole'; run = { Get-IAMRole github-ci | New-PizzaCiRole o/r }; see = { $_.RoleName } }
        @{ name = 'Grant-PizzaRolePolicy'; run = { Get-IAMRole github-ci | Grant-PizzaRolePolicy -PolicyName AmazonS3FullAccess }; see = { $_.RoleName } }
        @{ name = 'Remove-PizzaCiRole'; run = { Get-IAMRole github-ci | Remove-PizzaCiRole -Force }; see = { $_.RoleName } }
    ) {
        $out = & $run
        $out | ForEach-Object $see | Should -Be 'github-ci'
    }

    It 'the policies and providers of IAM feed ours' {
        $null = Grant-PizzaRolePolicy github-ci AmazonS3FullAccess
        $attached = [Amazon.IdentityManagement.Model.AttachedPolicyType] @{ PolicyName = 'AmazonS3FullAccess'; PolicyArn = 'arn:aws:iam::aws:policy/AmazonS3FullAccess' }
        ($attached | Revoke-PizzaRolePolicy github-ci).Status | Should -Be 'Removed'
        $provider = [Amazon.IdentityManagement.Model.OpenIDConnectProviderListEntry] @{ Arn = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' }
        ($provider | Unregister-PizzaOidcProvider -IgnoreTrust -Force).Status | Should -Be 'Removed'
    }
}

Describe 'Our objects' {
    BeforeAll {
        $null = Start-PizzaSandbox
        $null = New-PizzaRepository team/one
    }
    AfterAll { Stop-PizzaSandbox }

    It 'a repository feeds Get-ECRImageMetadata by its properties' {
        $seen = Get-PizzaRepository team/one | Get-ECRImageMetadata
        $seen.RepositoryName, $seen.RegistryId, $seen.Region | Should -Be @('team/one', '123456789012', 'us-east-1')
    }

    It 'an image feeds it with its digest, so that one image is asked for' {
        $null = Push-PizzaImage team/one -Path (Join-Path $PSScriptRoot '../../examples/oci-layout') -LayoutTag v1
        $image = Get-PizzaImage team/one | Select-Object -First 1
        $seen = $image | Get-ECRImageMetadata
        $seen.RepositoryName, $seen.RegistryId, $seen.ImageDigest, $seen.Region | Should -Be @('team/one', '123456789012', $image.ImageDigest, 'us-east-1')
    }

    It 'a role and its policy feed Register-IAMRolePolicy' {
        New-PizzaCiRole o/r -RepositoryName team/one | Register-IAMRolePolicy | Should -Be 'github-ci arn:aws:iam::123456789012:policy/jwt-pizza-ci-deployment'
    }
}

Describe 'What AWS.Tools has set for the session' -Skip:$noForeignSdk -Tag 'needs PIZZA_TEST_FOREIGN_SDK, the path of an AWSSDK.Core.dll 4.0.102.13; dotnet test sets it' {
    # In a process of its own, which holds another AWSSDK.Core in the default load context, as AWS.Tools brings it.
    BeforeAll {
        $sandbox = Start-PizzaSandbox
        $script:foreign = $env:PIZZA_TEST_FOREIGN_SDK
        Set-Content (Join-Path $TestDrive 'start.ps1') {
            param($foreign, $module)
            foreach ($name in 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION') { Remove-Item "Env:$name" -ErrorAction Ignore }
            Add-Type -Path $foreign
            Add-Type -IgnoreWarnings -WarningAction Ignore -ReferencedAssemblies $foreign, 'System.Runtime', 'netstandard' @'
                using Amazon.Runtime;
                namespace Amazon.PowerShell.Common
                {
                    public class AWSPSCredentials { internal AWSCredentials Credentials { get; } public AWSPSCredentials(AWSCredentials credentials) => Credentials = credentials; }
                }
                public class Renewing : AWSCredentials
                {
                    private int _asked;
                    public override ImmutableCredentials GetCredentials() => new ImmutableCredentials("AKIARENEWED" + ++_asked, "secret", null);
                }
'@
            Import-Module $module
        }
        function Invoke-Beside([string] $Script) {
            $file = Join-Path $TestDrive 'run.ps1'
            Set-Content $file "param(`$url, `$foreign, `$module)`n. '$(Join-Path $TestDrive 'start.ps1')' `$foreign `$module`n$Script"
            pwsh -NoProfile -File $file $sandbox.EndpointUrl $foreign $module
        }
        function Get-LastCall { Get-PizzaSandboxCall | Where-Object Operation -eq DescribeRepositories | Select-Object -Last 1 }
    }
    AfterAll { Stop-PizzaSandbox }

    It 'Set-AWSCredential: the keys of $StoredAWSCredentials sign our calls' {
        Invoke-Beside '$StoredAWSCredentials = [Amazon.PowerShell.Common.AWSPSCredentials]::new([Amazon.Runtime.BasicAWSCredentials]::new("AKIASTORED", "secret")); Get-PizzaRepository -EndpointUrl $url' | Should -BeNullOrEmpty
        (Get-LastCall).AccessKey | Should -Be 'AKIASTORED'
    }

    It 'credentials that renew themselves are asked each time' {
        $null = Invoke-Beside '$StoredAWSCredentials = [Renewing]::new(); 1..2 | ForEach-Object { Get-PizzaRepository -EndpointUrl $url }'
        (Get-LastCall).AccessKey | Should -BeLike 'AKIARENEWED*'
        (Get-PizzaSandboxCall | Where-Object AccessKey -like 'AKIARENEWED*').AccessKey | Select-Object -Unique | Should -HaveCount 2
    }

    It 'Set-DefaultAWSRegion: $StoredAWSRegion is our region, as text and as AWS.Tools'' own object' {
        $null = Invoke-Beside '$StoredAWSRegion = "eu-west-1"; Get-PizzaRepository -EndpointUrl $url -AccessKey a -SecretKey b'
        (Get-LastCall).Region | Should -Be 'eu-west-1'
        $null = Invoke-Beside '$StoredAWSRegion = [Amazon.RegionEndpoint]::GetBySystemName("ap-south-1"); Get-PizzaRepository -EndpointUrl $url -AccessKey a -SecretKey b'
        (Get-LastCall).Region | Should -Be 'ap-south-1'
        $null = Invoke-Beside '$StoredAWSRegion = "eu-west-1"; Get-PizzaRepository -EndpointUrl $url -AccessKey a -SecretKey b -RegionToCall eu-north-1'
        (Get-LastCall).Region | Should -Be 'eu-north-1'
    }

    It '-ProfileName, by each of its names, is a profile of the same file, and goes before what is stored' {
        $env:AWS_SHARED_CREDENTIALS_FILE = Join-Path $TestDrive 'credentials'
        Set-Content $env:AWS_SHARED_CREDENTIALS_FILE "[course]`naws_access_key_id = AKIAPROFILE`naws_secret_access_key = secret`nregion = sa-east-1"
        try {
            foreach ($name in 'ProfileName', 'StoredCredentials', 'AWSProfileName') {
                $null = Invoke-Beside "`$StoredAWSCredentials = [Amazon.Runtime.BasicAWSCredentials]::new('AKIASTORED', 'secret'); Get-PizzaRepository -EndpointUrl `$url -$name course"
                (Get-LastCall).AccessKey, (Get-LastCall).Region | Should -Be @('AKIAPROFILE', 'sa-east-1')
            }
            Invoke-Beside 'try { Get-PizzaRepository -EndpointUrl $url -ProfileName nonesuch -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }' | Should -BeLike 'ProfileNotFound,*'
        }
        finally { Remove-Item Env:AWS_SHARED_CREDENTIALS_FILE }
    }

    It 'what is no credentials object is told' {
        Invoke-Beside '$StoredAWSCredentials = "text"; try { Get-PizzaRepository -EndpointUrl $url -ErrorAction Stop } catch { "$_" }' | Should -BeLike '*$StoredAWSCredentials gives no credentials*Set-AWSCredential*'
    }
}

Describe 'The page for those who come from AWS.Tools' {
    It 'names cmdlets and parameters that exist' {
        $page = Get-Content (Join-Path $PSScriptRoot '../../docs/from-aws-tools.md') -Raw
        $code = [regex]::Matches($page, '`([^`\r\n]*-Pizza[^`\r\n]*)`').ForEach({ $_.Groups[1].Value })
        $code.Count | Should -BeGreaterThan 30
        foreach ($one in $code) {
            $errors = $null
            $tree = [Management.Automation.Language.Parser]::ParseInput(($one -replace '\\\|', '|'), [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty -Because $one
            foreach ($command in $tree.FindAll({ param($n) $n -is [Management.Automation.Language.CommandAst] -and $n.GetCommandName() -like '*-Pizza*' }, $true)) {
                $known = Get-Command $command.GetCommandName() -Module JwtPizza.Ecr -ErrorAction Stop
                foreach ($parameter in $command.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] }) {
                    { $known.ResolveParameter($parameter.ParameterName) } | Should -Not -Throw -Because $one
                }
            }
        }
    }
}
