package ingest

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"maps"
	"strings"

	"hearth"
	"hearth/network"
)

// Sealer keeps the secrets among sources' settings unreadable in the database
// and its copies: AES-256-GCM, each bound to its workspace, source and field,
// so that a sealed value opens nowhere else. The key lives outside the
// database.
type Sealer struct{ aead cipher.AEAD }

// SealKeySize is the length of a Sealer's key in bytes.
const SealKeySize = 32

// NewSealer seals with a key of SealKeySize random bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) != SealKeySize {
		return nil, hearth.Errorf(hearth.Damaged, "The key that seals secrets must be %d bytes long, not %d. Restore the key file from its backup.", SealKeySize, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making ready to seal secrets: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("making ready to seal secrets: %w", err)
	}
	return &Sealer{aead}, nil
}

const (
	sealedPrefix = "sealed:1:"

	// Kept stands for a secret that is set, in everything that is shown. Given
	// back in a change it leaves the secret as it is.
	Kept = "(set)"
)

func sealedFor(ws hearth.WorkspaceID, id hearth.SourceID, field string) []byte {
	return fmt.Appendf(nil, "source\x00%d\x00%d\x00%s", ws, id, field)
}

func (s *Sealer) seal(ws hearth.WorkspaceID, id hearth.SourceID, field, secret string) string {
	sealed := s.aead.Seal(nil, nil, []byte(secret), sealedFor(ws, id, field))
	return sealedPrefix + base64.RawStdEncoding.EncodeToString(sealed)
}

func (s *Sealer) open(ws hearth.WorkspaceID, id hearth.SourceID, field, sealed string) (string, error) {
	text, ok := strings.CutPrefix(sealed, sealedPrefix)
	b, err := base64.RawStdEncoding.DecodeString(text)
	if ok && err == nil {
		if b, err = s.aead.Open(nil, nil, b, sealedFor(ws, id, field)); err == nil {
			return string(b), nil
		}
	}
	return "", hearth.Errorf(hearth.Invalid, "The secret in %s cannot be opened with the key of this Hearth; enter it again.", field)
}

// Seal makes a secret of another room unreadable. The label names its place, so
// that it opens nowhere else.
func (s *Sealer) Seal(label, secret string) string {
	sealed := s.aead.Seal(nil, nil, []byte(secret), []byte("other\x00"+label))
	return sealedPrefix + base64.RawStdEncoding.EncodeToString(sealed)
}

// Open is the inverse of Seal.
func (s *Sealer) Open(label, sealed string) (string, error) {
	text, ok := strings.CutPrefix(sealed, sealedPrefix)
	b, err := base64.RawStdEncoding.DecodeString(text)
	if ok && err == nil {
		if b, err = s.aead.Open(nil, nil, b, []byte("other\x00"+label)); err == nil {
			return string(b), nil
		}
	}
	return "", hearth.Errorf(hearth.Invalid, "A secret cannot be opened with the key of this Hearth; enter it again.")
}

// sealed is the settings as they are stored. Before are the stored ones of the
// source as it was.
func (s *Sources) sealed(ws hearth.WorkspaceID, id hearth.SourceID, n *network.Network, settings, before map[string]string) (map[string]string, error) {
	all := maps.Clone(settings)
	for _, f := range n.Fields {
		value := all[f.Name]
		switch {
		case !f.Secret || value == "":
		case value == Kept:
			all[f.Name] = before[f.Name]
		case s.o.Sealer == nil:
			return nil, &hearth.Error{Code: hearth.Invalid, Field: f.Name,
				Message: "This Hearth has no key to keep secrets safe with; leave " + f.Title + " empty."}
		default:
			all[f.Name] = s.o.Sealer.seal(ws, id, f.Name, value)
		}
	}
	return all, nil
}

// opened is the settings as the network needs them.
func (s *Sources) opened(key sourceKey, n *network.Network, settings map[string]string) (map[string]string, error) {
	all := maps.Clone(settings)
	for _, f := range n.Fields {
		if !f.Secret || all[f.Name] == "" {
			continue
		}
		if s.o.Sealer == nil {
			return nil, hearth.Errorf(hearth.Invalid, "This Hearth has no key to open the secret in %s with.", f.Title)
		}
		var err error
		if all[f.Name], err = s.o.Sealer.open(key.workspace, key.id, f.Name, all[f.Name]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// shown is a source as people see it: secrets are not readable.
func (s *Sources) shown(src Source) Source {
	n := s.networks[src.Network]
	if n == nil {
		src.Settings = nil // nobody can say which of them are secret
		return src
	}
	src.Settings = maps.Clone(src.Settings)
	for _, f := range n.Fields {
		if f.Secret && src.Settings[f.Name] != "" {
			src.Settings[f.Name] = Kept
		}
	}
	return src
}
