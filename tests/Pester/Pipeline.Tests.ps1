#Requires -Version 7.4
# The base of every cmdlet, under what a pipeline can do to it. The commands are those of tests/Probe.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $context = [Runtime.Loader.AssemblyLoadContext]::GetLoadContext([JwtPizza.Ecr.LoadContext]::Cmdlets)
    $script:probe = $context.LoadFromAssemblyPath((Resolve-Path (Join-Path $PSScriptRoot '../../out/probe/JwtPizza.Ecr.Probe.dll')).Path)
    Import-Module -Assembly $probe
    $script:waiting = $probe.GetType('JwtPizza.Ecr.Probe.WaitPumpForeverCommand')

    # A shell of its own with the probe's commands and a script, not yet started.
    function New-Shell([string] $Script, [object[]] $Argument) {
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $shell.AddScript("param(`$probe, `$argument) Import-Module -Assembly `$probe; $Script").AddArgument($probe).AddArgument($Argument)
        $shell
    }

    # Starts the shell, stops it after a moment and returns how many milliseconds that took.
    function Measure-Stop([powershell] $Shell) {
        try {
            $running = $Shell.BeginInvoke()
            Start-Sleep -Milliseconds 700
            $running.IsCompleted | Should -BeFalse
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $Shell.Stop()
            $watch.ElapsedMilliseconds
        }
        finally { $Shell.Dispose() }
    }
}

Describe 'Async work on the pipeline thread' {
    It 'writes in order and never leaves its thread' {
        Test-PumpOrder -Count 200 | Should -Be (0..199)
    }

    It 'writes verbose text and progress from async work' {
        $all = Test-PumpOrder -Count 6 -Verbose 4>&1
        ($all | Where-Object { $_ -is [Management.Automation.VerboseRecord] -and $_.Message -like 'at *' }).Count | Should -Be 6
        $shell = New-Shell 'Test-PumpOrder -Count 6'
        $null = $shell.Invoke()
        $shell.Streams.Progress.Count | Should -BeGreaterOrEqual 6
        $shell.Dispose()
    }

    It 'honours -WhatIf after an await' {
        Test-PumpOrder -Count 3 -WhatIf | Should -BeNullOrEmpty
    }

    It 'ends with Select-Object -First, with no error' {
        $before = $Error.Count
        Test-PumpOrder -Count 100000 | Select-Object -First 1 | Should -Be 0
        $Error.Count | Should -Be $before
    }

    It 'awaits the cleaning up when nobody wants more' {
        $before = $waiting::CleanedUp
        Wait-PumpForever -Chatty | Select-Object -First 2 | Should -HaveCount 2
        $waiting::CleanedUp | Should -Be ($before + 1)
    }

    It 'does not deadlock with a cmdlet downstream that blocks on a task' {
        Test-PumpOrder -Count 5 | Test-Blocking | Should -Be (0..4)
    }

    It 'runs pumps within pumps' {
        Test-PumpOrder -Count 3 | ForEach-Object { Test-PumpOrder -Count 2 } | Should -Be (0, 1, 0, 1, 0, 1)
    }
}

Describe 'Stop' {
    It 'ends <name> within a second, after its cleaning up' -ForEach @(
        @{ name = 'a wait'; code = 'Wait-PumpForever' }
        @{ name = 'a flood of output'; code = 'Wait-PumpForever -Chatty | Out-Null' }
        @{ name = 'a wait downstream'; code = '1 | ForEach-Object { Wait-PumpForever }' }
    ) {
        $before = $waiting::CleanedUp
        Measure-Stop (New-Shell $code) | Should -BeLessThan 1000
        $waiting::CleanedUp | Should -Be ($before + 1)
    }

    It 'does not run the catch of the script around it, only the finally' {
        $seen = [Collections.Concurrent.ConcurrentQueue[string]]::new()
        $null = Measure-Stop (New-Shell 'try { Wait-PumpForever } catch { $argument[0].Enqueue("catch") } finally { $argument[0].Enqueue("finally") }' $seen)
        $seen.ToArray() | Should -Be @('finally')
    }
}

Describe 'Errors' {
    It 'lets the pipeline go on after a record that failed' {
        $out = 'a', 'record', 'b' | Test-PumpFailure -ErrorAction SilentlyContinue -ErrorVariable failed
        $out | Should -Be @('a', 'b')
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RecordFailed,*'
        $failed[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failed[0].TargetObject | Should -Be 'record'
        $failed[0].Exception | Should -BeOfType [JwtPizza.Ecr.PizzaException]
    }

    It 'ends the pipeline when every further record would fail alike' {
        { 'a', 'session', 'b' | Test-PumpFailure } | Should -Throw -ErrorId 'NoCredentials,*'
    }

    It 'ends the work and shows what a callback threw' {
        { 'callback' | Test-PumpFailure } | Should -Throw -ErrorId 'CallbackFailed,*'
    }
}
