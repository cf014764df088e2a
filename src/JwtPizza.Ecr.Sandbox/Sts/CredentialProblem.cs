namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>What is wrong with a request's credentials.</summary>
internal enum CredentialProblem { None, Missing, Unknown, Expired, Region }
