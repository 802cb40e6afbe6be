// Package openid asks a provider who somebody is: the relying party of OpenID
// Connect Core 1.0, by the authorization code flow with PKCE (RFC 7636, S256).
//
// It guarantees of whatever Identify gives:
//   - the provider's own key signed it, by RS256, PS256, ES256 or EdDSA; the key
//     was fetched from where the description of the issuer says, and nothing that
//     a token says of itself (jku, x5u, jwk, kid as a path) is followed;
//   - issuer, audience, authorised party, nonce and times are ours (two minutes
//     of difference between clocks are forgiven);
//   - the way back names the provider that the way there led to (RFC 9207);
//   - where a fresh proof was asked for, the provider says when it took place;
//   - what user info adds is about the same subject.
//
// Every failure is a Refusal with one of Reasons, and nobody is identified.
//
// It speaks through outbound, follows no redirect, reads at most 256 KiB of an
// answer and waits for none longer than Options.Patience. Descriptions and keys
// are kept in memory; a key that is not known is asked for again at most once a
// minute. The client secret goes to the hosts of issuer and token endpoint only.
//
// It does not remember what was asked (state, nonce and verifier are the
// caller's), does not decide who may come in, and does without implicit and
// hybrid flows, symmetric signatures, encrypted tokens, refresh tokens, signed
// user info, dynamic registration and logout.
//
// It reads tokens itself, on go-jose, because go-oidc says in words only why it
// refuses one, asks for keys as often as tokens ask, and has its own clock.
package openid
