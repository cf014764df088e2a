namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>
/// Takes names of ECR repositories, and objects that carry one in RepositoryName: ours, and those of AWS.Tools, whose text form is only
/// their type's name.
/// </summary>
internal sealed class RepositoryNamesAttribute : NamesAttribute
{
    protected override object? Name(object item) => Member(item, "RepositoryName");
}
