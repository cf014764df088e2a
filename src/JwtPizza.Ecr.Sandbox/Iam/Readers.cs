using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>
/// What readers of an account see: at once, or some time after the write, as with the real IAM
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html, "Changes that I make are not always immediately visible").
/// </summary>
/// <param name="account">What writers work on.</param>
/// <param name="delay">How long a write stays unseen.</param>
/// <param name="state">Where writes are kept over a restart.</param>
internal sealed class Readers(IamAccount account, TimeSpan delay, StateFolder? state = null)
{
    private readonly Queue<(DateTimeOffset From, IamAccount State)> _coming = new();
    private IamAccount _seen = delay == TimeSpan.Zero ? account : account.Copy();

    public IamAccount Account => account;

    /// <summary>The account as readers see it now.</summary>
    public IamAccount Seen
    {
        get
        {
            lock (_coming)
            {
                while (_coming.TryPeek(out (DateTimeOffset From, IamAccount State) next) && next.From <= account.Now)
                    _seen = _coming.Dequeue().State;
                return _seen;
            }
        }
    }

    /// <summary>Tells of a write. The writer holds the account's gate.</summary>
    public void Written()
    {
        if (state is not null) SavedAccount.Save(state, account);
        if (delay == TimeSpan.Zero) return;
        lock (_coming) _coming.Enqueue((account.Now + delay, account.Copy()));
    }
}
