using System.Text;
using System.Text.Json;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>
/// Cuts docker's error stream into progress records and text. buildx up to 0.14 indents a record over many lines, later ones write a line a
/// record; everything else on the stream is text.
/// </summary>
internal sealed class RawJsonReader(Action<SolveStatus> record, Action<string> text)
{
    private StringBuilder? _open;

    public void Take(string line)
    {
        if (_open is not null)
        {
            _open.Append(line).Append('\n');
            if (line == "}") Close();
        }
        else if (line == "{") _open = new StringBuilder("{\n");
        else if (line is not ['{', .., '}'] || !TryRead(line)) text(line);
    }

    /// <summary>The stream ended; a record that was cut off is dropped, and text in its place kept.</summary>
    public void End()
    {
        if (_open is not null) Close();
    }

    private void Close()
    {
        string whole = _open!.ToString();
        _open = null;
        if (TryRead(whole)) return;
        foreach (string line in whole.Split('\n', StringSplitOptions.RemoveEmptyEntries)) text(line);
    }

    private bool TryRead(string json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, SolveStatusJson.Default.SolveStatus) is { } status) record(status);
            return true;
        }
        catch (JsonException) { return false; }
    }
}
