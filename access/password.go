package access

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"hearth"
)

// How passwords are hashed: argon2id with 19 MiB, two passes and one lane, the
// second of the settings that OWASP's Password Storage Cheat Sheet calls equal.
// A hash made with others is made anew when its password is next given.
const (
	argonMemory = 19 << 10 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonSalt   = 16
	argonKey    = 32
)

// The bounds of a password: NIST SP 800-63B asks for length, and for nothing
// that makes people write it down.
const (
	leastPassword = 12      // characters
	mostPassword  = 1 << 10 // bytes
)

// checkPassword says what is wrong with a password that somebody wants.
func checkPassword(password, name, mail string) error {
	wrong := func(format string, args ...any) error {
		return &hearth.Error{Code: hearth.Invalid, Field: "password", Message: fmt.Sprintf(format, args...)}
	}
	if n := utf8.RuneCountInString(password); n < leastPassword {
		return wrong("The password needs at least %d characters; a sentence is easy to remember.", leastPassword)
	}
	if len(password) > mostPassword || !utf8.ValidString(password) {
		return wrong("The password must be text of at most %d bytes.", mostPassword)
	}
	small := strings.ToLower(password)
	for _, known := range [...]string{name, mail, "hearth"} {
		if known = strings.ToLower(known); len(known) >= 3 && len(strings.ReplaceAll(small, known, "")) < leastPassword/2 {
			return wrong("The password must be more than a name with something added.")
		}
	}
	if guessable(small) {
		return wrong("This password is among the first that anybody tries; choose another.")
	}
	return nil
}

// guessable finds what is long and nothing else: one character or a short piece
// again and again, or a run along the alphabet or the keyboard.
func guessable(s string) bool {
	for piece := 1; piece <= 4; piece++ {
		if strings.Repeat(s[:piece], len(s)/piece+1)[:len(s)] == s {
			return true
		}
	}
	for _, run := range [...]string{"01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm"} {
		if strings.Contains(run, s) {
			return true
		}
	}
	for _, known := range [...]string{"password1234", "password12345", "passwordpassword", "correcthorsebatterystaple", "correct horse battery staple", "administrator", "changemechangeme", "letmeinletmein", "iloveyou1234", "qwerty123456"} {
		if s == known {
			return true
		}
	}
	return false
}

// hashPassword is a password as it is stored, a PHC string.
func hashPassword(random io.Reader, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("making a salt: %w", err)
	}
	sum := argon2.IDKey([]byte(norm.NFKC.String(password)), salt, argonTime, argonMemory, argonLanes, argonKey)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		b64.EncodeToString(salt), b64.EncodeToString(sum)), nil
}

// verifyPassword compares in constant time. Old says that the hash was made with
// other settings than today's.
func verifyPassword(stored, password string) (ok, old bool) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || len(password) > mostPassword {
		return false, false
	}
	var version int
	var memory, passes uint32
	var lanes uint8
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return false, false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); n != 3 || err != nil ||
		memory > 1<<20 || passes < 1 || passes > 16 || lanes < 1 {
		return false, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) < 16 {
		return false, false
	}
	got := argon2.IDKey([]byte(norm.NFKC.String(password)), salt, passes, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, memory != argonMemory || passes != argonTime || lanes != argonLanes || len(want) != argonKey
}

// hash and verify wait for one of the places that hashing has.
func (a *Access) hash(ctx context.Context, password string) (string, error) {
	leave, err := a.pass(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return hashPassword(a.o.Random, password)
}

// verify takes as long for somebody who has no password, or is not there.
func (a *Access) verify(ctx context.Context, stored, password string) (ok, old bool, err error) {
	leave, err := a.pass(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	if stored == "" {
		verifyPassword(a.decoy, password)
		return false, false, nil
	}
	ok, old = verifyPassword(stored, password)
	return ok, old, nil
}

func (a *Access) pass(ctx context.Context) (leave func(), err error) {
	select {
	case a.passes <- struct{}{}:
		return func() { <-a.passes }, nil
	case <-ctx.Done():
		return nil, hearth.Errorf(hearth.Unavailable, "Too many people sign in at once; try again in a moment.")
	}
}
