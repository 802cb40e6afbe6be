package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"strings"

	"filippo.io/age"

	"hearth"
)

const maxRecipients = 20

// recipients reads age's public keys.
func recipients(keys []string) ([]age.Recipient, error) {
	if len(keys) > maxRecipients {
		return nil, hearth.Errorf(hearth.Invalid, "Name at most %d recipients.", maxRecipients)
	}
	var list []age.Recipient
	for _, key := range keys {
		r, err := age.ParseX25519Recipient(strings.TrimSpace(key))
		if err != nil {
			return nil, &hearth.Error{Code: hearth.Invalid, Field: "recipients",
				Message: "A recipient is the public key that age-keygen prints (age1…); this is none: " + shorten(key) + "."}
		}
		list = append(list, r)
	}
	return list, nil
}

func shorten(s string) string {
	const longest = 80
	if len(s) > longest {
		return s[:longest] + "…"
	}
	return s
}

// Identities reads the secret keys that open an encrypted backup, as age-keygen
// writes them.
func Identities(file io.Reader) ([]age.Identity, error) {
	const largest = 1 << 20
	list, err := age.ParseIdentities(io.LimitReader(file, largest))
	if err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "The key file is not as age-keygen writes it: %v.", err)
	}
	return list, nil
}

// copyFile copies a file into a new one through a filter, brings it to the disk
// and gives the SHA-256 of what was written.
func copyFile(to, from string, meter *meter, filter func(w io.Writer, r io.Reader) error) (sum string, size int64, err error) {
	in, err := os.Open(from)
	if err != nil {
		return "", 0, err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", 0, err
	}
	hashed := &hashingWriter{w: out, hash: sha256.New()}
	err = filter(hashed, meter.reader(in))
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		os.Remove(to)
		return "", 0, err
	}
	return hex.EncodeToString(hashed.hash.Sum(nil)), hashed.size, nil
}

// plainly copies bytes as they are.
func plainly(w io.Writer, r io.Reader) error {
	_, err := io.Copy(w, r)
	return err
}

func sealFor(to []age.Recipient) func(io.Writer, io.Reader) error {
	return func(w io.Writer, r io.Reader) error {
		sealed, err := age.Encrypt(w, to...)
		if err != nil {
			return err
		}
		if _, err := io.Copy(sealed, r); err != nil {
			return err
		}
		return sealed.Close()
	}
}

func unseal(with []age.Identity) func(io.Writer, io.Reader) error {
	return func(w io.Writer, r io.Reader) error {
		plain, err := age.Decrypt(r, with...)
		var none *age.NoIdentityMatchError
		if errors.As(err, &none) {
			return hearth.Errorf(hearth.Denied, "None of the keys opens this backup: it was encrypted to others.")
		}
		if err != nil {
			return err
		}
		_, err = io.Copy(w, plain)
		return err
	}
}

type hashingWriter struct {
	w    io.Writer
	hash hash.Hash
	size int64
}

func (h *hashingWriter) Write(p []byte) (int, error) {
	n, err := h.w.Write(p)
	h.hash.Write(p[:n])
	h.size += int64(n)
	return n, err
}

// hashOf is the SHA-256 of a file.
func hashOf(path string, meter *meter) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, meter.reader(f))
	return hex.EncodeToString(h.Sum(nil)), size, err
}
