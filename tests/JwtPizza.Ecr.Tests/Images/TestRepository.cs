using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;

namespace JwtPizza.Ecr.Tests.Images;

/// <summary>A sandbox with one repository, and our services on it.</summary>
internal sealed class TestRepository : IAsyncDisposable, IProgress<string>
{
    private readonly EcrSandbox _box = EcrSandbox.Start(new() { Empty = true });
    private readonly List<string> _verbose = [];

    private TestRepository() => Aws = AwsSession.Open(new()
    {
        EndpointUrl = _box.Info.EndpointUrl, Region = _box.Info.Region, AccessKey = _box.Info.AccessKey, SecretKey = _box.Info.SecretKey,
    });

    public AwsSession Aws { get; }

    public Repository Repository { get; private set; } = null!;

    public string Verbose { get { lock (_verbose) return string.Join('\n', _verbose); } }

    public static async Task<TestRepository> CreateAsync(string mutability = "MUTABLE")
    {
        TestRepository test = new();
        test.Repository = await test.Aws.Ecr.CreateRepositoryAsync("team/pizza", new() { ImageTagMutability = mutability }, Sessions.Soon);
        return test;
    }

    public Task<PublishedImage> PushAsync(string path, params string[] tags) => PushToAsync("team/pizza", path, tags);

    public Task<PublishedImage> PushToAsync(string repository, string path, params string[] tags) =>
        new ImageMover(new() { Verbose = Report, Warning = Report })
            .PushAsync(new EcrRepository(Aws, ImageReference.Parse(repository), null), path, null, tags, Sessions.Soon);

    public async Task<PublishedImage> PushAsync(TestLayout layout, params string[] tags)
    {
        using (layout) return await PushAsync(layout.Path, tags);
    }

    public EcrRepository At(string repository) => new(Aws, ImageReference.Parse(repository), null);

    public ImageListing Listing => new(new EcrRepository(Aws.Ecr, Repository), Repository, this);

    public Task<List<EcrImage>> ListAsync(ImageQuery query) => Sessions.ListAsync(Listing.ListAsync(query, Sessions.Soon));

    public void Report(string value) { lock (_verbose) _verbose.Add(value); }

    public async ValueTask DisposeAsync()
    {
        Aws.Dispose();
        await _box.DisposeAsync();
    }
}
