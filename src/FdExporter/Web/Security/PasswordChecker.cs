using System.Collections.Frozen;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Security;

/// <summary>
/// Checks user and password. A bcrypt check deliberately takes a tenth of a second of CPU time, so results are cached. Unknown passwords
/// are checked one at a time, in turn by client address and with pauses. They are refused if too many of one address are waiting.
/// </summary>
/// <param name="users">User to bcrypt hash; at least one.</param>
internal sealed class PasswordChecker(FrozenDictionary<string, string> users, TimeProvider time)
{
    /// <summary>Per client address; twice as many in total.</summary>
    private const int MaxWaiting = 8;
    private const int MaxRejected = 100;

    /// <summary>
    /// After a wrong password, checks pause for this many times the duration of the check: guessing gets a quarter of one processor.
    /// </summary>
    private const int PauseFactor = 3;

    private readonly FairShare _waiting = new(2 * MaxWaiting);
    private readonly FairQueue _queue = new();
    private readonly Lock _lock = new();

    /// <summary>By user, so that guesses never remove them. Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<string, byte[]> _accepted = new(StringComparer.Ordinal);

    /// <summary>A misconfigured client sends the same password again and again. Guarded by <see cref="_lock"/>.</summary>
    private readonly HashSet<(string User, string Password)> _rejected = [];

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private readonly Queue<(string User, string Password)> _oldestRejected = [];

    internal async Task<PasswordVerdict> CheckAsync(string user, string password, Client client, CancellationToken cancellationToken)
    {
        if (Remembered(user, password) is { } verdict)
        {
            return verdict;
        }

        // Places are only for waiting requests; a request that is checked at once gives its place back.
        if (!_waiting.TryTake(client))
        {
            return PasswordVerdict.Busy;
        }

        try
        {
            await _queue.EnterAsync(client, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _waiting.Return(client);
        }

        TimeSpan pause = TimeSpan.Zero;
        try
        {
            // A request that was checked before may have had the same password.
            if (Remembered(user, password) is { } known)
            {
                return known;
            }

            long started = Stopwatch.GetTimestamp();
            bool isRight = Verify(user, password);
            pause = isRight ? TimeSpan.Zero : Stopwatch.GetElapsedTime(started) * PauseFactor;
            Remember(user, password, isRight);
            return isRight ? PasswordVerdict.Right : PasswordVerdict.Wrong;
        }
        finally
        {
            _ = ReleaseAsync(pause);
        }
    }

    private async Task ReleaseAsync(TimeSpan pause)
    {
        await Task.Delay(pause, time).ConfigureAwait(false);
        _queue.Leave();
    }

    /// <summary>Checks an unknown user's password against another user's hash, so that it takes as long as for a known user.</summary>
    private bool Verify(string user, string password)
    {
        bool isKnown = users.TryGetValue(user, out string? hash);
        hash ??= users.Values[(int)((uint)user.GetHashCode(StringComparison.Ordinal) % (uint)users.Count)];
        return BCrypt.Net.BCrypt.Verify(password, hash) && isKnown;
    }

    private PasswordVerdict? Remembered(string user, string password)
    {
        lock (_lock)
        {
            return _accepted.TryGetValue(user, out byte[]? accepted) && CryptographicOperations.FixedTimeEquals(accepted, Encoding.UTF8.GetBytes(password))
                ? PasswordVerdict.Right
                : _rejected.Contains((user, password)) ? PasswordVerdict.Wrong : null;
        }
    }

    private void Remember(string user, string password, bool isRight)
    {
        lock (_lock)
        {
            if (isRight)
            {
                _accepted[user] = Encoding.UTF8.GetBytes(password);
            }
            else if (_rejected.Add((user, password)))
            {
                _oldestRejected.Enqueue((user, password));
                if (_oldestRejected.Count > MaxRejected)
                {
                    _rejected.Remove(_oldestRejected.Dequeue());
                }
            }
        }
    }
}
