namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The AWS clients of one set of credentials, region and endpoint. Nothing is sent before the first call.</summary>
public sealed class AwsSession : IDisposable
{
    private AwsSession() { }

    /// <summary>The region that ECR and STS are called in.</summary>
    public string Region => throw new NotSupportedException();

    /// <summary>The partition of <see cref="Region"/>: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c> …</summary>
    public string Partition => throw new NotSupportedException();

    /// <summary>Amazon ECR.</summary>
    public EcrClient Ecr => throw new NotSupportedException();

    /// <summary>IAM, global.</summary>
    public IamClient Iam => throw new NotSupportedException();

    /// <summary>The security token service.</summary>
    public StsClient Sts => throw new NotSupportedException();

    /// <summary>Resolves credentials, region and endpoint in the order of the module's conventions.</summary>
    /// <param name="options">What the caller said.</param>
    /// <exception cref="PizzaException"><c>ProfileNotFound</c>, <c>InvalidCredentials</c>.</exception>
    public static AwsSession Open(AwsOptions options) => throw new NotSupportedException(options.ToString());

    /// <inheritdoc/>
    public void Dispose() { }
}
