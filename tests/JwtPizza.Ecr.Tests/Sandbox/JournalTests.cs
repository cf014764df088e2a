using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Registry;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>The journals in a folder for the state, and the layers beside them.</summary>
public sealed class JournalTests : IDisposable
{
    private const string Account = "123456789012", Region = "us-east-1";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pizza-journal-");

    private string State => Path.Combine(_folder.FullName, "kept");

    private string Journals => Path.Combine(State, "repositories");

    private string Blobs => Path.Combine(State, "blobs");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Cut_at_any_byte_it_holds_every_call_that_was_answered_and_no_half_of_another()
    {
        List<(long Length, string Contents)> answered = [(0, "nothing")];
        using (StateFolder state = new(State))
        {
            using EcrWorld world = NewWorld(state);
            EcrRegistry registry = world.Registry(Account, Region);
            void Call(Action<StoredRepository> work)
            {
                StoredRepository repository =
                    registry.Run(() => registry.Repositories.GetValueOrDefault("pizza") ?? registry.Add("pizza", s => s)!);
                registry.Run(() => work(repository));
                answered.Add((new FileInfo(Assert.Single(Directory.GetFiles(Journals))).Length, Contents(repository)));
            }

            Call(_ => { });
            Call(r => Push(r, "one", "latest"));
            Call(r => Push(r, "two", "latest", "2"));
            Call(r => r.Set(s => s with { ScanOnPush = true, ResourceTags = new Dictionary<string, string> { ["team"] = "pizza" } }));
            Call(r => r.Images.RemoveTag(r.Images.Find("2")!, "2"));
            Call(r => r.Images.Remove(r.Images.All.First()));
            Call(r => r.Images.Mark(r.Images.Find("latest")!, m => StoredImage.Archive(m, DateTimeOffset.UnixEpoch)));
        }
        string file = Assert.Single(Directory.GetFiles(Journals)), cut = Path.Combine(_folder.FullName, "cut.journal");
        byte[] whole = File.ReadAllBytes(file);
        Assert.Equal(whole.Length, answered[^1].Length);
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(cut, whole[..length]);
            Assert.Equal(answered.FindLast(a => a.Length <= length).Contents, Read(cut));
            Assert.Equal(answered.FindLast(a => a.Length <= length).Length, new FileInfo(cut).Length);
        }
    }

    [Fact]
    public async Task A_push_writes_as_little_into_ten_thousand_images_as_into_a_thousand_and_reading_writes_nothing()
    {
        foreach (int images in new[] { 1000, 10_000 })
        {
            Fill("pizza", images);
            await using TestSandbox sandbox = new(new SandboxOptions { StatePath = State });
            RegistryClient client = new(sandbox, "pizza", await RegistryClient.Login(sandbox));
            string manifest = Encoding.UTF8.GetString(await client.Image("one more"));
            (long before, _) = Weigh();
            await sandbox.Ecr("PutImage", new { repositoryName = "pizza", imageManifest = manifest, imageTag = "more" });
            (long after, string files) = Weigh();
            Assert.InRange(after - before, 1, 4096);
            Assert.Single(
                (await sandbox.Ecr("BatchGetImage", new { repositoryName = "pizza",
                    imageIds = new[] { new { imageTag = "more" } } }))["images"]!.AsArray());
            Assert.Equal(200, (await client.Outcome(HttpMethod.Get, "manifests/more")).Status);
            Assert.Equal((after, files), Weigh());
            await sandbox.Ecr("BatchDeleteImage", new { repositoryName = "pizza", imageIds = new[] { new { imageTag = "more" } } });
        }
    }

    [Fact]
    public async Task The_time_of_a_pull_is_kept_with_the_next_change_and_at_the_end()
    {
        await using (TestSandbox sandbox = new(new SandboxOptions { StatePath = State }))
        {
            RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
            await client.PushImage("one", "one");
            await client.PushImage("two", "two");
            Assert.Equal(200, (await client.Outcome(HttpMethod.Get, "manifests/one")).Status);
            await client.PushImage("three", "three");
            Assert.Contains("PulledAt",
                await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Journals)), TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
            Assert.Equal(200, (await client.Outcome(HttpMethod.Get, "manifests/two")).Status);
        }
        await using TestSandbox again = new(new SandboxOptions { StatePath = State });
        JsonObject images = await again.Ecr("DescribeImages", new { repositoryName = "pizza" });
        Assert.Equal(["one", "two"],
            images["imageDetails"]!.AsArray().Where(i => i!["lastRecordedPullTime"] is not null).Select(i => (string)i!["imageTags"]![0]!));
    }

    [Fact]
    public async Task It_is_written_anew_when_it_has_grown_and_at_a_start_and_says_the_same()
    {
        string before;
        long longest = 0;
        await using (TestSandbox sandbox = new(new SandboxOptions { StatePath = State }))
        {
            RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
            byte[][] manifests = [await client.Image("one"), await client.Image("two")];
            for (int i = 0; i < 1500; i++)
            {
                Assert.Equal(201, (await client.PutManifest("latest", manifests[i % 2])).Status);
                longest = Math.Max(longest, new FileInfo(Directory.GetFiles(Journals, "*.journal").Single()).Length);
            }
            before = (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" })).ToJsonString();
        }
        Assert.InRange(longest, 1, 1500 * 100);   // a move of a tag alone takes more than a hundred bytes
        await using TestSandbox again = new(new SandboxOptions { StatePath = State });
        Assert.Equal(before, (await again.Ecr("DescribeImages", new { repositoryName = "pizza" })).ToJsonString());
        for (int i = 0; new FileInfo(Directory.GetFiles(Journals, "*.journal").Single()).Length > 8192; i++)
        {
            Assert.True(i < 300, "The start did not write the journal again.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Equal(before, (await again.Ecr("DescribeImages", new { repositoryName = "pizza" })).ToJsonString());
    }

    [Fact]
    public async Task A_layer_goes_with_the_last_image_that_needs_it()
    {
        await using TestSandbox sandbox = new(new SandboxOptions { StatePath = State });
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        // the same layer, another configuration
        Digest one = await client.PushImage("same", "one", "arm64"), two = await client.PushImage("same", "two", "amd64");
        Assert.Equal(3, Directory.GetFiles(Blobs).Length);
        await Delete(sandbox, one);
        Assert.Equal(2, Directory.GetFiles(Blobs).Length);
        Assert.Equal(200, (await client.Outcome(HttpMethod.Get, $"blobs/{Digest.Of("layer of same"u8)}")).Status);
        await Delete(sandbox, two);
        Assert.Empty(Directory.GetFiles(Blobs));
        Assert.Equal(404, (await client.Outcome(HttpMethod.Head, $"blobs/{Digest.Of("layer of same"u8)}")).Status);
        await client.PushImage("same", "one", "arm64");
    }

    [Fact]
    public async Task A_layer_that_somebody_was_told_of_stays_for_the_manifest_that_is_coming()
    {
        await using TestSandbox sandbox = new(new SandboxOptions { StatePath = State });
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest image = await client.PushImage("one", "one");
        byte[] manifest = await client.Image("one");   // uploaded again, and not pushed yet
        await Delete(sandbox, image);
        Assert.Equal(2, Directory.GetFiles(Blobs).Length);
        Assert.Equal(201, (await client.PutManifest("two", manifest)).Status);
        await Delete(sandbox, image);
        Assert.Empty(Directory.GetFiles(Blobs));
    }

    [Fact]
    public async Task Pushes_and_deletes_at_once_never_miss_a_layer()
    {
        string[] contents = ["a", "b", "c"];
        await using TestSandbox sandbox = new(new SandboxOptions { StatePath = State });
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Task[] pushers = [.. Enumerable.Range(0, 4).Select(p => Task.Run(async () =>
        {
            for (int i = 0; i < 60; i++) await PushAsDockerDoes(client, contents[(p + i) % contents.Length], $"t{p}-{i % 5}");
        }))];
        Task all = Task.WhenAll(pushers);
        while (!all.IsCompleted)
        {
            JsonArray images = (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" }))["imageDetails"]!.AsArray();
            foreach (JsonNode? image in images) await Delete(sandbox, Digest.Parse((string)image!["imageDigest"]!));
        }
        await all;
        foreach (JsonNode? image in (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" }))["imageDetails"]!.AsArray())
        {
            using HttpResponseMessage answer = await client.Send(HttpMethod.Get, $"manifests/{image!["imageDigest"]}");
            foreach (OciDescriptor blob in OciManifest.Parse(
                await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Blobs)
                Assert.Equal(200, (await client.Outcome(HttpMethod.Get, $"blobs/{blob.Digest}")).Status);
        }
    }

    [Fact]
    public async Task A_damaged_journal_a_repository_twice_and_a_changed_layer_are_refused_by_name()
    {
        Digest layer;
        await using (TestSandbox sandbox = new(new SandboxOptions { StatePath = State }))
        {
            RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
            await client.PushImage("one");
            layer = Digest.Of("layer of one"u8);
        }
        string file = Assert.Single(Directory.GetFiles(Journals)), copy = Path.Combine(Journals, "copy.journal"),
            blob = Path.Combine(Blobs, layer.Hex);
        File.Copy(file, copy);
        Assert.Contains("'pizza'", Refused(), StringComparison.Ordinal);
        File.Delete(copy);
        byte[] content = File.ReadAllBytes(file);
        content[^40] ^= 1;
        File.WriteAllBytes(file, content);
        Assert.Contains(file, Refused(), StringComparison.Ordinal);
        content[^40] ^= 1;
        File.WriteAllBytes(file, content);
        File.WriteAllBytes(blob, [.. "layer of two"u8]);
        Assert.Contains(layer.Value, Refused(), StringComparison.Ordinal);
        File.WriteAllBytes(blob, [.. "layer of one"u8]);
        (Journal journal, IReadOnlyList<Change> changes) = Journal.Open(file);
        using (journal) journal.Append([changes.OfType<ImageAdded>().Single()]);
        Assert.Contains("twice", Refused(), StringComparison.Ordinal);

        string Refused()
        {
            PizzaException e = Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { StatePath = State }));
            Assert.Equal("InvalidState", e.ErrorId);
            return e.Message;
        }
    }

    [Fact]
    public async Task A_folder_that_was_there_is_its_owners_alone_from_then_on()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }
        Directory.CreateDirectory(State,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        await using TestSandbox sandbox = new(new SandboxOptions { StatePath = State });
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(State));
    }

    [Fact]
    public async Task No_clock_goes_beyond_the_calendar()
    {
        await using (TestSandbox sandbox = new(new SandboxOptions { StatePath = State }))
            Assert.Equal("ClockOutOfRange", Assert.Throws<PizzaException>(() => sandbox.Box.Advance(TimeSpan.FromDays(3_000_000))).ErrorId);
        Assert.Equal("ClockOutOfRange",
            Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { Now = DateTimeOffset.MaxValue })).ErrorId);
        string file = Path.Combine(State, "sandbox.json");
        JsonObject saved = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        saved["ClockOffset"] = "3650000.00:00:00";
        File.WriteAllText(file, saved.ToJsonString());
        Assert.Equal("ClockOutOfRange", Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { StatePath = State })).ErrorId);
    }

    private static EcrWorld NewWorld(StateFolder state) => new(
        new()
        {
            EndpointUrl = "http://127.0.0.1:1", RegistryHost = "127.0.0.1:1", RegistryId = Account, Region = Region, AccessKey = "",
            SecretKey = "", StartedAt = DateTimeOffset.UtcNow,
        },
        new(TimeSpan.Zero), new BlobStore(state.Blobs), state);

    /// <summary>Repositories of many images with one layer, without the way through the network.</summary>
    private void Fill(string name, int images)
    {
        using StateFolder state = new(State);
        using EcrWorld world = NewWorld(state);
        world.Restore();
        EcrRegistry registry = world.Registry(Account, Region);
        registry.Run(() =>
        {
            StoredRepository repository = registry.Repositories.GetValueOrDefault(name) ?? registry.Add(name, s => s)!;
            for (int i = repository.Images.Count; i < images; i++) Push(repository, $"image {i}", $"t{i}");
        });
    }

    private static void Push(StoredRepository repository, string text, params string[] tags)
    {
        byte[] layer = Encoding.UTF8.GetBytes("the layer of all");
        using Upload upload = repository.Layers.Begin();
        Assert.True(upload.AppendAsync(new MemoryStream(layer), 0, TestContext.Current.CancellationToken).GetAwaiter().GetResult());
        upload.Seal();
        Assert.True(repository.Take(upload, Digest.Of(layer)));
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciManifest, ["annotations"] = new JsonObject { ["text"] = text },
            ["config"] = RegistryClient.Descriptor(MediaTypes.OciConfig, Digest.Of(layer), layer.Length), ["layers"] = new JsonArray(),
        });
        foreach (string tag in tags) repository.Images.Push(manifest, MediaTypes.OciManifest, tag, Digest.Of(manifest));
    }

    private string Read(string file)
    {
        (Journal journal, IReadOnlyList<Change> changes) = Journal.Open(file);
        using (journal)
        {
            if (changes.Count == 0) return "nothing";
            using EcrWorld world =
                new(new()
                {
                    EndpointUrl = "http://127.0.0.1:1", RegistryHost = "127.0.0.1:1", RegistryId = Account, Region = Region, AccessKey = "",
                    SecretKey = "", StartedAt = DateTimeOffset.UtcNow,
                }, new(TimeSpan.Zero), new BlobStore(Blobs));
            StoredRepository repository = new(world.Registry(Account, Region), Assert.IsType<RepositoryOpened>(changes[0]).Name);
            repository.Restore(journal, changes);
            return Contents(repository);
        }
    }

    private static string Contents(StoredRepository repository) => string.Join('\n', [
        JsonSerializer.Serialize(repository.Settings), .. repository.Layers.All.Select(l => $"{l} {repository.Layers.SizeOf(l)}").Order(),
        .. repository.Images.All.Select(i => $"{i.Order} {i.Digest} {i.PushedAt:O} {string.Join(',', i.Tags)} {i.Marks.ArchivedAt:O}"),
    ]);

    private static async Task PushAsDockerDoes(RegistryClient client, string text, string tag)
    {
        byte[] config = Encoding.UTF8.GetBytes($$"""{"os":"linux","architecture":"arm64","note":"{{text}}"}"""),
            layer = Encoding.UTF8.GetBytes("layer of " + text);
        foreach (byte[] blob in new[] { config, layer })
            if ((await client.Outcome(HttpMethod.Head, $"blobs/{Digest.Of(blob)}")).Status != 200) await client.PushBlob(blob);
        JsonObject manifest = new()
        {
            ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = RegistryClient.Descriptor(MediaTypes.OciConfig, Digest.Of(config), config.Length),
            ["layers"] = new JsonArray(RegistryClient.Descriptor(RegistryClient.Layer, Digest.Of(layer), layer.Length)),
        };
        (int status, _, string? message) = await client.PutManifest(tag, Encoding.UTF8.GetBytes(manifest.ToJsonString()));
        Assert.True(status == 201, message);
    }

    private static Task<JsonObject> Delete(TestSandbox sandbox, Digest image) =>
        sandbox.Ecr("BatchDeleteImage", new { repositoryName = "pizza", imageIds = new[] { new { imageDigest = image.Value } } });

    private (long Bytes, string Files) Weigh()
    {
        FileInfo[] files = [.. _folder.GetFiles("*", SearchOption.AllDirectories).OrderBy(f => f.FullName)];
        return (files.Where(f => f.DirectoryName != Blobs).Sum(f => f.Length),
            string.Join('\n', files.Select(f => $"{f.FullName} {f.Length} {f.LastWriteTimeUtc:O}")));
    }
}
