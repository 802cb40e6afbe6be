// Package access says who acts, what they may do, and what they did.
//
// People sign in with a password and the code of an app, or with a passkey, and have sessions;
// programs have API keys; the operator has the key of the machine. Each becomes
// an Actor, which carries the workspace and checks permissions by the one table
// Grants.
//
// It guarantees:
//   - a token is 256 random bits, stored as a hash that holds its purpose, good
//     for that purpose only, until its end;
//   - what may happen once (a set-up, an invitation, a recovery code, a state)
//     happens once: its row changes in the transaction of its effect;
//   - sessions end when they are idle for 12 hours, when they are 7 days old,
//     and, everywhere within two seconds, when the password, a second factor or
//     a role changes;
//   - guesses are counted before they are looked at, in the database, for each
//     account and each network they come from, and whoever has signed in from
//     the same browser before is not shut out by the guesses of others;
//   - a question to a passkey is good once, for minutes, at one origin; a key whose
//     counter goes back was copied, is refused, and that is on record;
//   - there is always an owner, and no password that somebody else chose;
//   - what a workspace wants done with four eyes is done once somebody else has
//     approved exactly that, and still might, judged in the transaction that does it
//     (Claim);
//   - every verb of the house leaves one line of the audit log in its own
//     transaction (Record), each line sealed to the one before it.
//
// It refuses to match people by mail address, to show a secret twice, and to
// listen: server gives it requests.
package access
