using System.Net;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>The page that shows the sandbox, in a real browser.</summary>
public sealed class WebPageTests : IAsyncDisposable
{
    private readonly TestSandbox _sandbox = new();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task It_shows_repositories_images_policies_rights_and_calls_as_they_come()
    {
        RegistryClient client = await RegistryClient.Open(_sandbox, "pizza");
        Digest image = await client.PushImage("one", "v1");
        await _sandbox.Ecr("SetRepositoryPolicy", new { repositoryName = "pizza",
            policyText = """{"Version":"2012-10-17","Statement":[{"Sid":"<img src=x>","Effect":"Deny","Principal":"*","Action":"ecr:BatchDeleteImage"}]}""" });
        await using Browser browser = await Browser.Open(_sandbox.Info.EndpointUrl + "/_sandbox/ui");
        Assert.Equal("pizza", (string)(await browser.Evaluate("document.querySelector('#list button').textContent"))!);
        await browser.Evaluate("document.querySelector('#list button').click()");
        await browser.Until("document.querySelector('#repository table')");
        Assert.Contains(image.Value[..19], (string)(await browser.Evaluate("document.querySelector('#repository').textContent"))!,
            StringComparison.Ordinal);
        Assert.Contains("<img src=x>", (string)(await browser.Evaluate("document.querySelector('#repository pre').textContent"))!,
            StringComparison.Ordinal);
        Assert.Equal(0, (int)(await browser.Evaluate("document.querySelectorAll('img').length"))!);   // what a policy says is text

        await browser.Evaluate("document.querySelector('#rightlist button[aria-label*=\"user/sandbox\"]').click()");
        Assert.Contains("statement 1 ('<img src=x>'): denies it",
            (string)(await browser.Evaluate("document.querySelector('#why').textContent"))!, StringComparison.Ordinal);

        await _sandbox.Ecr("CreateRepository", new { repositoryName = "fresh" });
        await browser.Until("[...document.querySelectorAll('#list button')].some(b => b.textContent === 'fresh')");
        Assert.Contains("ecr:CreateRepository", (string)(await browser.Evaluate("document.querySelector('#calllist tr').textContent"))!,
            StringComparison.Ordinal);
        _sandbox.Box.Reset();
        await browser.Until("document.querySelectorAll('#list button').length === 0");   // it comes back to the feed of what is there now
        Assert.Empty(browser.Console);
    }

    [Fact]
    public async Task Keys_alone_lead_to_all_of_it_and_the_clock_moves_by_its_button()
    {
        await RegistryClient.Open(_sandbox, "pizza");
        await using Browser browser = await Browser.Open(_sandbox.Info.EndpointUrl + "/_sandbox/ui");
        DateTimeOffset before = _sandbox.Box.Now;
        await browser.TabTo("e.className === 'skip'");
        await browser.TabTo("e.id === 'days'");
        await browser.Press("ArrowUp", 38);
        await browser.TabTo("e.textContent.startsWith('Move the clock')");
        await browser.Press("Enter", 13, "\r");
        await browser.Until("document.getElementById('message').textContent.startsWith('The clock shows')");
        Assert.InRange(_sandbox.Box.Now - before, TimeSpan.FromDays(2), TimeSpan.FromDays(2.1));
        await browser.TabTo("e.textContent === 'pizza'");
        await browser.Press("Enter", 13, "\r");
        await browser.Until("document.activeElement.id === 'repository' && document.querySelector('#repository table')");
        await browser.TabTo("e.textContent === 'no'");
        await browser.Press("Enter", 13, "\r");
        await browser.Until("document.activeElement.id === 'why' && document.querySelectorAll('#why li').length > 0");
        await browser.TabTo("e.id === 'pause'");
        await browser.Press(" ", 32, " ");
        await browser.Until("document.getElementById('pause').getAttribute('aria-pressed') === 'true'");
        Assert.Empty(browser.Console);
    }

    [Fact]
    public async Task Everything_has_a_name_for_those_who_do_not_see_it()
    {
        RegistryClient client = await RegistryClient.Open(_sandbox, "pizza");
        await client.PushImage("one");
        await using Browser browser = await Browser.Open(_sandbox.Info.EndpointUrl + "/_sandbox/ui");
        await browser.Evaluate("document.querySelector('#list button').click()");
        await browser.Until("document.querySelector('#repository table')");
        JsonArray tree = (await browser.Send("Accessibility.getFullAXTree"))["nodes"]!.AsArray();
        string[] needNames = ["button", "link", "spinbutton", "table", "region", "navigation", "columnheader", "rowheader"];
        var named = tree.Where(n => needNames.Contains((string?)n!["role"]?["value"]) && (bool?)n["ignored"] != true).ToList();
        Assert.True(named.Count > 20, $"{named.Count}");
        Assert.Empty(named.Where(n => string.IsNullOrWhiteSpace((string?)n!["name"]?["value"])).Select(n => n!.ToJsonString()));
        Assert.Equal("en", (string)(await browser.Evaluate("document.documentElement.lang"))!);
        Assert.Equal([1, 4],
            (await browser.Evaluate("[document.querySelectorAll('h1').length, " +
                "document.querySelectorAll('section[aria-labelledby]').length]"))!.AsArray().Select(n => (int)n!));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Other_pages_neither_get_it_nor_what_it_shows(string header, string value)
    {
        foreach (string path in new[] { "ui", "overview", "rights", "explain", "export", "calls" })
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/_sandbox/" + path);
            request.Headers.TryAddWithoutValidation(header, value);
            using HttpResponseMessage answer = await _sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        using HttpResponseMessage page = await _sandbox.Http.GetAsync("/_sandbox/ui", TestContext.Current.CancellationToken);
        string policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Matches(
            "default-src 'none'; connect-src 'self'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'",
            policy);
    }
}
