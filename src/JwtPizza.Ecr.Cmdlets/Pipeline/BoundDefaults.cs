using System.Management.Automation;
using System.Reflection;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>
/// $null for a list or a table means that nothing was said: an environment variable that is not set, a property that an object of
/// the pipeline leaves empty. PowerShell binds it all the same, in the place of the default.
/// </summary>
internal sealed class BoundDefaults(PSCmdlet cmdlet)
{
    private readonly (PropertyInfo Parameter, object Default)[] _defaults =
    [
        .. from p in cmdlet.GetType().GetProperties()
           where !p.PropertyType.IsValueType && p.PropertyType != typeof(string) && p.IsDefined(typeof(ParameterAttribute))
           let value = p.GetValue(cmdlet)
           where value is not null
           select (p, value),
    ];

    /// <summary>Gives the parameters that are $null their defaults again.</summary>
    public void Restore()
    {
        foreach ((PropertyInfo parameter, object value) in _defaults)
            if (parameter.GetValue(cmdlet) is null) parameter.SetValue(cmdlet, value);
    }
}
