namespace JwtPizza.Ecr.Tests.Repositories;

public sealed class AccountIdTests
{
    [Theory]
    [InlineData("123456789012")]
    [InlineData("000000000001")]
    public void Twelve_digits_are_an_account(string text) => Assert.Equal(text, AccountId.Check(text));

    [Theory]
    [InlineData("12345678901", "'012345678901'")]
    [InlineData("123456789", "'000123456789'")]
    [InlineData("1234-5678-9012", "without dashes")]
    [InlineData("1234567890123", "quotes")]
    [InlineData("١٢٣٤٥٦٧٨٩٠١٢", "12 digits")]
    [InlineData("", "12 digits")]
    public void Anything_else_is_named_with_what_may_be_meant(string text, string hint)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => AccountId.Check(text));
        Assert.Equal(("InvalidRegistryId", PizzaErrorKind.InvalidArgument, text), (e.ErrorId, e.Kind, e.Target));
        Assert.Contains(hint, e.Message, StringComparison.Ordinal);
    }
}
