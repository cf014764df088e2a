namespace JwtPizza.Ecr.Tests.Pester;

// The examples take longer than any other file of the suite: a class for each part, so that they run beside each other.

public sealed class Examples1() : PesterFile("Examples.Tests.ps1", "1/4");

public sealed class Examples2() : PesterFile("Examples.Tests.ps1", "2/4");

public sealed class Examples3() : PesterFile("Examples.Tests.ps1", "3/4");

public sealed class Examples4() : PesterFile("Examples.Tests.ps1", "4/4");
