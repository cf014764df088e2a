namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>What is wrong with a request's credentials.</summary>
internal enum CredentialProblem { None, Missing, Unknown, Expired }

/// <summary>Knows whose credentials are good.</summary>
internal interface IAuthority
{
    CredentialProblem Examine(Caller caller);
}
