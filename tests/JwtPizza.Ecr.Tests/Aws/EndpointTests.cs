using System.Diagnostics;
using System.Text.Json;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>Our endpoint rules against those that AWS publishes with its models.</summary>
public sealed class EndpointTests
{
    private static readonly Lazy<JsonElement?> s_published = new(AskBotocore);

    [Theory]
    [InlineData("ecr")]
    [InlineData("ecs")]
    [InlineData("iam")]
    [InlineData("sts")]
    public void Every_region_with_and_without_FIPS_and_dual_stack_is_called_where_AWS_says(string name)
    {
        AwsService service = name switch { "ecr" => AwsService.Ecr, "ecs" => AwsService.Ecs, "iam" => AwsService.Iam, _ => AwsService.Sts };
        Assert.SkipUnless(s_published.Value is not null, "botocore, which carries AWS's endpoint rules, is not on this machine.");
        List<string> wrong = [];
        int compared = 0, refused = 0;
        foreach (JsonElement row in s_published.Value!.Value.EnumerateArray().Where(r => r.GetProperty("service").GetString() == name))
        {
            string region = row.GetProperty("region").GetString()!;
            (bool fips, bool dual) = (row.GetProperty("fips").GetBoolean(), row.GetProperty("dual").GetBoolean());
            try
            {
                AwsEndpoint ours = Partition.Of(region).Endpoint(service, region, fips, dual);
                (string url, string signed) = (row.GetProperty("url").GetString()!, row.GetProperty("signingRegion").GetString()!);
                compared++;
                if (ours.Url.ToString().TrimEnd('/') != url || ours.SigningRegion != signed)
                    wrong.Add($"{region} fips={fips} dual={dual}: {ours.Url} for {ours.SigningRegion}, not {url} for {signed}");
            }
            catch (PizzaException e) when (e.ErrorId == "EndpointNotOffered" && name == "iam" && (fips || dual)) { refused++; }
        }
        Assert.Empty(wrong);
        Assert.True(compared > 100, $"only {compared} compared");
        Assert.True(refused < 30, $"{refused} refused");
    }

    [Theory]
    [InlineData("us-east-1", "aws")]
    [InlineData("mx-north-9", "aws")]
    [InlineData("cn-south-3", "aws-cn")]
    [InlineData("us-gov-north-1", "aws-us-gov")]
    [InlineData("us-isob-east-1", "aws-iso-b")]
    [InlineData("eusc-de-east-1", "aws-eusc")]
    public void A_region_belongs_to_its_partition_also_when_it_is_newer_than_we_are(string region, string partition) =>
        Assert.Equal(partition, Partition.Of(region).Name);

    [Theory]
    [InlineData("us-east")]
    [InlineData("useast1")]
    [InlineData("us-east-1 ")]
    [InlineData("Frankfurt")]
    [InlineData("us-east-1.evil.example/")]
    public void What_is_no_region_is_refused_before_a_host_name_is_made_of_it(string text)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => Partition.Of(text));
        Assert.Equal(("InvalidRegion", PizzaErrorKind.Configuration), (e.ErrorId, e.Kind));
        Assert.Contains($"'{text}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_AWS_documents_no_endpoint_none_is_guessed()
    {
        PizzaException e =
            Assert.Throws<PizzaException>(() =>
                Partition.Of("cn-north-1").Endpoint(AwsService.Iam, "cn-north-1", fips: true, dualStack: false));
        Assert.Equal("EndpointNotOffered", e.ErrorId);
        Assert.Contains("AWS_USE_FIPS_ENDPOINT", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ECR_Public_is_called_in_its_home_region_from_everywhere()
    {
        Assert.SkipUnless(s_published.Value is not null, "botocore, which carries AWS's endpoint rules, is not on this machine.");
        JsonElement[] rows = [.. s_published.Value!.Value.EnumerateArray()
            .Where(r => r.GetProperty("service").GetString() == "ecr-public" && r.GetProperty("region").GetString() == "us-east-1")];
        Assert.Equal(4, rows.Length);
        foreach (JsonElement row in rows)
        {
            AwsEndpoint ours = Partition.Of("eu-west-1")
                .Endpoint(AwsService.EcrPublic, "eu-west-1", row.GetProperty("fips").GetBoolean(), row.GetProperty("dual").GetBoolean());
            Assert.Equal((row.GetProperty("url").GetString(), "us-east-1"), (ours.Url.ToString().TrimEnd('/'), ours.SigningRegion));
        }
        PizzaException e =
            Assert.Throws<PizzaException>(() => Partition.Of("cn-north-1").Endpoint(AwsService.EcrPublic, "cn-north-1", false, false));
        Assert.Equal("EndpointNotOffered", e.ErrorId);
        Assert.Contains("aws-cn", e.Message, StringComparison.Ordinal);
    }

    // botocore evaluates its rule sets itself: every region, FIPS, dual-stack; combinations that its rules refuse are left out.
    private static JsonElement? AskBotocore()
    {
        const string Script = """
            import json, sys, botocore.session
            from botocore.endpoint_provider import EndpointProvider
            session = botocore.session.get_session(); loader = session.get_component('data_loader'); rows = []
            partitions = loader.load_data('partitions')
            for service in ['ecr', 'ecs', 'iam', 'sts', 'ecr-public']:
                provider = EndpointProvider(loader.load_service_model(service, 'endpoint-rule-set-1'), partitions)
                for partition in partitions['partitions']:
                    for region in partition['regions']:
                        if region.endswith('global'): continue
                        for fips in (False, True):
                            for dual in (False, True):
                                try: found = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual, **({'UseGlobalEndpoint': False} if service == 'sts' else {}))
                                except Exception: continue
                                schemes = found.properties.get('authSchemes') or [{}]
                                rows.append({'service': service, 'region': region, 'fips': fips, 'dual': dual, 'url': found.url, 'signingRegion': schemes[0].get('signingRegion', region)})
            json.dump(rows, sys.stdout)
            """;
        try
        {
            using Process python = Process.Start(
                new ProcessStartInfo("python3", ["-c", Script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            python.ErrorDataReceived += (_, _) => { };
            python.BeginErrorReadLine();
            string json = python.StandardOutput.ReadToEnd();
            python.WaitForExit();
            return python.ExitCode == 0 ? JsonDocument.Parse(json).RootElement : null;
        }
        catch (System.ComponentModel.Win32Exception) { return null; }
    }
}
