namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The operations of Amazon ECR that the module uses, one method each. Errors arrive as <see cref="PizzaException"/> with AWS's error code.</summary>
public sealed class EcrClient
{
}
