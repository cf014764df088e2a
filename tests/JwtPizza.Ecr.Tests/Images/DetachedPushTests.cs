using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class DetachedPushTests
{
    [Theory]
    [InlineData("127.0.0.1:5000", "RegistryUnreachable", true)]
    [InlineData("localhost:5000", "RegistryUnreachable", true)]
    [InlineData("127.0.0.1:5000", "PushDenied", false)]
    [InlineData("123456789012.dkr.ecr.us-east-1.amazonaws.com", "RegistryUnreachable", false)]
    [InlineData("10.0.0.1:5000", "RegistryUnreachable", false)]
    public void It_helps_where_the_registry_is_this_machine_and_the_engine_does_not_reach_it(string host, string id, bool helps) =>
        Assert.Equal(helps, DetachedPush.Helps(new(new PizzaException(id, PizzaErrorKind.Unavailable, ""), NextMove.Tell), host));

    [Fact]
    public void A_path_with_a_comma_is_one_option() =>
        Assert.Equal("--output=type=oci,\"dest=/a,b/image.tar\"", BuildOutput.File("/a,b/image.tar").Argument);
}
