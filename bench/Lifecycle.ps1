#Requires -Version 7.4
# Test-PizzaLifecycle over images that are at hand: 100,000 images, 50 rules. Target: one second.
param([int] $Count = 15, [int] $Images = 100000, [int] $Rules = 50)
Import-Module (Join-Path $PSScriptRoot 'Measure.psm1') -Force
Import-Module (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr')
$random = [Random]::new(1)
$now = [DateTimeOffset]::UtcNow
$list = [Collections.Generic.List[JwtPizza.Ecr.LifecycleImage]]::new($Images)
for ($i = 0; $i -lt $Images; $i++) {
    # A fifth has no tag; the others one that a rule takes.
    $tags = $i % 5 ? [string[]] "team$($random.Next($Rules))-$i" : [string[]] @()
    $list.Add(@{ ImageDigest = "sha256:$($i.ToString('x64'))"; ImageTags = $tags; ImagePushedAt = $now.AddMinutes(-$random.Next(500000)); ImageSizeInBytes = 50MB })
}
$array = $list.ToArray()
$policy = @(
    New-PizzaLifecycleRule -TagStatus untagged -SinceImagePushed 1
    1..($Rules - 2) | ForEach-Object { New-PizzaLifecycleRule -TagPattern "team$_-*" -ImageCountMoreThan 100 }
    New-PizzaLifecycleRule -ImageCountMoreThan 10000
)
$process = [Diagnostics.Process]::GetCurrentProcess()
$processor = [Collections.Generic.List[double]]::new()
$times = Measure-Interleaved -Count $Count -Script ([ordered] @{
        'Test-PizzaLifecycle' = {
            $process.Refresh()
            $before = $process.TotalProcessorTime
            $null = Test-PizzaLifecycle bench -Image $array -Rule $policy
            $process.Refresh()
            $processor.Add(($process.TotalProcessorTime - $before).TotalMilliseconds)
        }
    })
# On a machine that others use, the processor's time says more than the clock's.
ConvertTo-Comparison "$Images images, $Rules rules" $times | Select-Object What, Name, N, MedianMs, MinMs, MaxMs, @{ Name = 'ProcessorMs'; Expression = { [int] (Get-Median $processor) } }
