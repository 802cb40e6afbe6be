package access

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"

	"hearth"
)

// SealSize is the length of Options.Seal in bytes.
const SealSize = 32

// sealer keeps secrets unreadable in the database and its copies: AES-256-GCM,
// each bound to its person and purpose (SE1).
type sealer struct{ aead cipher.AEAD }

func newSealer(key []byte) (*sealer, error) {
	if len(key) == 0 {
		return nil, nil
	}
	if len(key) != SealSize {
		return nil, hearth.Errorf(hearth.Damaged, "The key that seals second factors must be %d bytes long, not %d. Restore the key file from its backup.", SealSize, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making ready to seal secrets: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("making ready to seal secrets: %w", err)
	}
	return &sealer{aead}, nil
}

func sealedFor(user hearth.UserID, what string) []byte {
	return fmt.Appendf(nil, "user\x00%d\x00%s", user, what)
}

func (s *sealer) seal(user hearth.UserID, what string, secret []byte) (string, error) {
	if s == nil {
		return "", hearth.Errorf(hearth.Invalid, "This Hearth has no key to keep secrets safe with.")
	}
	return base64.RawStdEncoding.EncodeToString(s.aead.Seal(nil, nil, secret, sealedFor(user, what))), nil
}

func (s *sealer) open(user hearth.UserID, what, sealed string) ([]byte, error) {
	if s != nil {
		b, err := base64.RawStdEncoding.DecodeString(sealed)
		if err == nil {
			if b, err = s.aead.Open(nil, nil, b, sealedFor(user, what)); err == nil {
				return b, nil
			}
		}
	}
	return nil, hearth.Errorf(hearth.Damaged, "The second factor cannot be opened with the key of this Hearth. Restore the key file, or ask the operator to reset the account.")
}
