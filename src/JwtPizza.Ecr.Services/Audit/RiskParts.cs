namespace JwtPizza.Ecr.Services.Audit;

/// <summary>What a rule looks at. Only what the wanted rules need is read.</summary>
[Flags]
internal enum RiskParts
{
    None = 0,

    /// <summary>The roles that trust an identity provider, with their trust policies.</summary>
    Roles = 1,

    /// <summary>The managed policies of these roles.</summary>
    Policies = 2,

    /// <summary>Who else has these policies.</summary>
    Holders = 4,

    /// <summary>The repositories of the region.</summary>
    Repositories = 8,

    /// <summary>The policies of the repositories.</summary>
    Access = 16,

    /// <summary>The lifecycle policies of the repositories.</summary>
    Lifecycle = 32,

    /// <summary>How the registry scans.</summary>
    Scanning = 64,

    /// <summary>What ECS runs.</summary>
    Use = 128,

    /// <summary>The images of the repositories that ECS uses.</summary>
    Images = 256,

    /// <summary>The scan findings of the images that ECS uses.</summary>
    Findings = 512,
}
