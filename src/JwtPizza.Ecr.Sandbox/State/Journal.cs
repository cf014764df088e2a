using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>
/// The history of a repository as a file that grows. Each line is a record: a checksum and the changes of one call, so that a process
/// that is killed leaves either all of them or none. What grew is written anew from time to time, as short as it can be.
/// </summary>
internal sealed class Journal : IDisposable
{
    public const string Extension = ".journal";
    private const string Aside = ".new";
    private const int ChecksumLength = 16, ChangesARecord = 64, SmallestWorthIt = 64 * 1024, Growth = 4, Waste = 2;
    private static readonly JsonSerializerOptions s_json =
        new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new DigestConverter() } };

    private readonly string _file;
    private readonly StateFolder? _state;
    private readonly object _writing = new(), _flushing = new();
    private FileStream _stream;
    private readonly List<(long From, long To)> _lost = [];
    private long _changes, _length, _position, _flushed, _compacted;
    private List<byte[]>? _meanwhile;   // what is appended while a compaction writes the rest
    private bool _isGone, _isRewound;

    private Journal(string file, FileStream stream, long length, int changes, StateFolder? state)
    {
        (_file, _stream, _changes, _state) = (file, stream, changes, state);
        _length = _position = _flushed = _compacted = length;
    }

    /// <summary>Whether it has grown so much that it should be written anew.</summary>
    public bool IsLong => _length > Math.Max(SmallestWorthIt, Growth * _compacted);

    /// <summary>Begins one.</summary>
    public static Journal Create(string file, StateFolder state) => new(file, StateFolder.Open(file, FileMode.Create), 0, 0, state);

    /// <summary>Opens one that is there. What a killed process has left unfinished at its end is cut off.</summary>
    /// <exception cref="PizzaException"><c>InvalidState</c>.</exception>
    public static (Journal Journal, IReadOnlyList<Change> Changes) Open(string file, StateFolder? state = null)
    {
        File.Delete(file + Aside);
        FileStream stream = StateFolder.Open(file, FileMode.Open);
        try
        {
            (List<Change> changes, long length) = Read(stream, file);
            if (length < stream.Length) stream.SetLength(length);
            return (new(file, stream, length, changes.Count, state), changes);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>What it holds now.</summary>
    public IReadOnlyList<Change> Reread()
    {
        lock (_writing)
        {
            _isRewound = false;
            return Read(_stream, _file).Changes;
        }
    }

    /// <summary>Adds a record, or nothing when that fails. The position that it gives is on the disk after <see cref="Flush"/>.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public long Append(IReadOnlyList<Change> changes)
    {
        byte[] record = RecordOf(changes);
        lock (_writing)
        {
            if (_isRewound) throw new IOException("The disk did not take what was written before");
            try { RandomAccess.Write(_stream.SafeFileHandle, record, _length); }
            catch
            {
                RandomAccess.SetLength(_stream.SafeFileHandle, _length);
                throw;
            }
            _meanwhile?.Add(record);
            _changes += changes.Count;
            _length += record.Length;
            return _position += record.Length;
        }
    }

    /// <summary>Waits until all up to a position is on the disk; many who wait share one flush.</summary>
    /// <exception cref="IOException">The disk is full or broken. What was not on the disk yet is no longer in the file.</exception>
    public void Flush(long position)
    {
        if (_lost.Count == 0 && Interlocked.Read(ref _flushed) >= position) return;
        lock (_flushing)
        {
            if (_lost.Exists(l => position > l.From && position <= l.To)) throw new IOException("The disk did not take what was written");
            if (_flushed >= position || _isGone) return;
            long all;
            lock (_writing) all = _position;
            try { RandomAccess.FlushToDisk(_stream.SafeFileHandle); }
            catch (IOException)
            {
                Rewind();
                throw;
            }
            Interlocked.Exchange(ref _flushed, all);
        }
    }

    /// <summary>Whether all up to a position is on the disk.</summary>
    public bool IsFlushed(long position) => Interlocked.Read(ref _flushed) >= position || _isGone;

    /// <summary>From here on, notes what is appended. Called where nobody appends, together with the taking of the snapshot.</summary>
    /// <param name="changes">How many changes the snapshot has.</param>
    /// <returns>False when it is at it already, or when the snapshot would not be much shorter.</returns>
    public bool BeginCompaction(int changes)
    {
        lock (_writing)
        {
            if (_meanwhile is not null || _isGone) return false;
            if (_changes < Waste * changes + ChangesARecord)
            {
                _compacted = _length;   // it has grown because there is more; that is looked at again when it has grown as much once more
                return false;
            }
            (_meanwhile, _changes) = ([], changes);
            return true;
        }
    }

    /// <summary>Writes everything anew, beside the journal, and takes its place; others go on reading and appending. A failure changes
    /// nothing.</summary>
    /// <param name="snapshot">The shortest history that leads to what was there when the compaction began.</param>
    public void Compact(IReadOnlyCollection<Change> snapshot)
    {
        FileStream? stream = null;
        try
        {
            stream = StateFolder.Open(_file + Aside, FileMode.Create);
            foreach (Change[] changes in snapshot.Chunk(ChangesARecord)) stream.Write(RecordOf(changes));
            stream.Flush(flushToDisk: true);
            lock (_flushing)
                lock (_writing)
                    if (!Replace(stream)) stream.Dispose();
        }
        catch (Exception e) when (Storage.IsFailure(e))
        {
            stream?.Dispose();
            lock (_writing) (_meanwhile, _compacted) = (null, _length);   // it may be tried again when that has grown
            File.Delete(_file + Aside);
        }
    }

    /// <summary>Takes the journal from the disk.</summary>
    public void Delete()
    {
        lock (_flushing)
            lock (_writing)
            {
                if (_state?.IsOver != true) File.Delete(_file);   // another has the folder now
                _isGone = true;
                _stream.Dispose();
            }
    }

    public void Dispose()
    {
        lock (_flushing)
            lock (_writing)
            {
                _isGone = true;
                _stream.Dispose();
            }
    }

    private bool Replace(FileStream stream)
    {
        if (_isGone || _meanwhile is null || _state?.IsOver == true) return false;
        foreach (byte[] record in _meanwhile) stream.Write(record);
        stream.Flush(flushToDisk: true);
        if (OperatingSystem.IsWindows()) _stream.Dispose();   // it cannot be replaced while it is open there
        File.Move(_file + Aside, _file, overwrite: true);
        _stream.Dispose();
        (_stream, _meanwhile, _length, _compacted) = (stream, null, stream.Length, stream.Length);
        Interlocked.Exchange(ref _flushed, _position);
        return true;
    }

    private void Rewind()
    {
        lock (_writing)
        {
            _length -= _position - _flushed;
            RandomAccess.SetLength(_stream.SafeFileHandle, _length);
            _lost.Add((_flushed, _position));
            (_meanwhile, _isRewound) = (null, true);   // who appends now builds on what is no longer there
            Interlocked.Exchange(ref _flushed, _position);
        }
    }

    private static byte[] RecordOf(IReadOnlyList<Change> changes)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(changes, s_json);
        byte[] record = new byte[ChecksumLength + 1 + json.Length + 1];
        Encoding.ASCII.GetBytes(ChecksumOf(json), record);
        record[ChecksumLength] = (byte)' ';
        json.CopyTo(record, ChecksumLength + 1);
        record[^1] = (byte)'\n';
        return record;
    }

    private static string ChecksumOf(ReadOnlySpan<byte> json) =>
        Convert.ToHexString(SHA256.HashData(json).AsSpan(0, ChecksumLength / 2)).ToLowerInvariant();

    /// <summary>Reads the records. A line that is broken is damaged; one without an end is what a killed process did not finish.</summary>
    private static (List<Change> Changes, long Length) Read(FileStream stream, string file)
    {
        byte[] content = new byte[RandomAccess.GetLength(stream.SafeFileHandle)];
        for (int read = 0,
            more; read < content.Length && (more = RandomAccess.Read(stream.SafeFileHandle, content.AsSpan(read), read)) > 0;)
            read += more;
        List<Change> changes = [];
        int start = 0;
        for (int line; (line = content.AsSpan(start).IndexOf((byte)'\n')) >= 0; start += line + 1)
            changes.AddRange(
                Parse(content.AsSpan(start, line))
                    ?? throw StateFolder.Damaged($"the line of '{file}' that begins at byte {start} is not what was written there"));
        return (changes, start);
    }

    private static List<Change>? Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length <= ChecksumLength || line[ChecksumLength] != ' ') return null;
        ReadOnlySpan<byte> json = line[(ChecksumLength + 1)..];
        if (Encoding.ASCII.GetString(line[..ChecksumLength]) != ChecksumOf(json)) return null;
        try { return JsonSerializer.Deserialize<List<Change>>(json, s_json); }
        catch (Exception e) when (e is JsonException or NotSupportedException or PizzaException) { return null; }
    }
}
