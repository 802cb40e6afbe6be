// Package outbound is the only way out of the house: every address that
// somebody else chose (a feed, an instance, a redirect) is dialled here.
//
// It guarantees:
//   - a name is resolved once, in at most five seconds, and exactly the
//     addresses found are judged and dialled: public unicast addresses only, on
//     the ports of the purpose; everything else needs an exception in the
//     operator's configuration file, never in a setting that people make;
//   - at most three redirects, each judged like a first request; what could
//     identify us stays with the origin it was meant for; a request that changes
//     something is never redirected;
//   - a secret of a Scope goes to the hosts of that scope only, and in the open
//     only where the operator wrote http himself;
//   - proxies of the environment are ignored;
//   - answers have limits of time, silence and size, before and after they are
//     unpacked, and of the ratio between the two;
//   - requests that change nothing (GET and HEAD without a body) are tried again
//     after a failure that may pass, a few times, with full jitter and within a
//     budget; requests that change something are sent once, or not at all;
//   - the limits that a host announces are kept: callers wait for their turn
//     instead of running into a refusal, in the order they came;
//   - a host that fails again and again is left alone for a while (a breaker).
//
// What it keeps of hosts is bounded, forgotten with the process and shown by
// Snapshot. It does not cache or keep cookies. There is no setting for a proxy:
// behind one, nobody could judge the address that is dialled.
package outbound
