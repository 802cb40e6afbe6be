package openid

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"slices"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"hearth/outbound"
)

// algorithms are the signatures that count. None is no signature, and the key of
// a symmetric one would be the client secret, or, where a verifier is careless,
// the provider's public key.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA}

func accepted(name string) bool {
	return slices.Contains(algorithms, jose.SignatureAlgorithm(name))
}

// key is a public key of a provider.
type key struct {
	id, family string
	alg        string // the only one that it is for; "": any of its family
	public     any
}

// family is the kind of key that an algorithm needs.
func family(alg jose.SignatureAlgorithm) string {
	switch alg {
	case jose.RS256, jose.PS256:
		return "RSA"
	case jose.ES256:
		return "EC"
	}
	return "OKP"
}

const (
	mostKeys  = 100
	keysEvery = time.Minute
)

// keysOf gives the provider's keys. If those that are known do not do, it asks
// for them again, but not more often than once a minute.
func (p *Party) keysOf(ctx context.Context, k *knowledge, do func([]key) bool) ([]key, error) {
	k.turn.Lock()
	defer k.turn.Unlock()
	now := p.o.Clock()
	if do(k.keys) || !k.asked.IsZero() && now.Sub(k.asked) < keysEvery && now.Sub(k.asked) >= 0 {
		return k.keys, k.wrong
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	err := p.fetch(ctx, p.client(outbound.Scope{}), k.said.KeysAt, "", Keys, &set)
	if err != nil && ctx.Err() != nil {
		return nil, err // the visitor went away: that says nothing of the provider
	}
	k.asked = now
	if err == nil {
		k.keys, err = readKeys(set.Keys)
	}
	k.wrong = err
	if err != nil {
		k.keys = nil
	}
	return k.keys, err
}

// readKeys takes those keys of a set that can be used. Two of one name would
// leave it to chance which one counts.
func readKeys(set []json.RawMessage) (list []key, err error) {
	if len(set) > mostKeys {
		return nil, refuse(Keys, "there are more than %d", mostKeys)
	}
	for _, raw := range set {
		var j jose.JSONWebKey
		if json.Unmarshal(raw, &j) != nil || j.Use != "" && j.Use != "sig" {
			continue
		}
		one := key{id: j.KeyID, alg: j.Algorithm, public: j.Key}
		switch pub := j.Key.(type) {
		case *rsa.PublicKey:
			if n := pub.N.BitLen(); n < 2048 || n > 8192 {
				continue
			}
			one.family = "RSA"
		case *ecdsa.PublicKey:
			if pub.Curve != elliptic.P256() {
				continue
			}
			one.family = "EC"
		case ed25519.PublicKey:
			one.family = "OKP"
		default:
			continue
		}
		if one.alg != "" && !accepted(one.alg) {
			continue
		}
		if slices.ContainsFunc(list, func(o key) bool { return o.id == one.id && o.family == one.family }) {
			return nil, refuse(Keys, "two keys have the name %q", one.id)
		}
		list = append(list, one)
	}
	if len(list) == 0 {
		return nil, refuse(Keys, "there is none that can be used")
	}
	return list, nil
}

// find is the key that a signature names; without a name the only one of its
// family.
func find(list []key, id string, alg jose.SignatureAlgorithm) (key, bool) {
	var found []key
	for _, k := range list {
		if k.family == family(alg) && (k.alg == "" || k.alg == string(alg)) && (id == "" || k.id == id) {
			found = append(found, k)
		}
	}
	if len(found) != 1 {
		return key{}, false
	}
	return found[0], true
}

// verify gives the claims of a token that the provider signed.
func (p *Party) verify(ctx context.Context, k *knowledge, raw string) (claims, error) {
	if len(raw) > mostToken {
		return nil, refuse(Malformed, "the token is longer than %d KiB", mostToken>>10)
	}
	signed, err := jose.ParseSignedCompact(raw, algorithms)
	var other *jose.ErrUnexpectedSignatureAlgorithm
	if errors.As(err, &other) {
		return nil, refuse(Algorithm, "the token is signed in a way that is not accepted")
	}
	if err != nil || len(signed.Signatures) != 1 {
		return nil, refuse(Malformed, "the token is none, or not signed")
	}
	head := signed.Signatures[0].Header
	alg := jose.SignatureAlgorithm(head.Algorithm)
	list, err := p.keysOf(ctx, k, func(list []key) bool { _, ok := find(list, head.KeyID, alg); return ok })
	if err != nil {
		return nil, err
	}
	one, ok := find(list, head.KeyID, alg)
	if !ok {
		return nil, refuse(Signature, "the provider has no key %q for %s", text(head.KeyID, 60), alg)
	}
	payload, err := signed.Verify(one.public)
	if err != nil {
		return nil, refuse(Signature, "the signature is not that of the key %q", text(head.KeyID, 60))
	}
	var c claims
	if json.Unmarshal(payload, &c) != nil || c == nil {
		return nil, refuse(Malformed, "what the token holds cannot be read")
	}
	return c, nil
}
