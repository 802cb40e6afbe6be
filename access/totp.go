package access

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/db"
)

// Codes of authenticator apps (RFC 6238, with the values that every app takes):
// HMAC-SHA-1, six digits, steps of 30 seconds, one step early or late.
const (
	totpStep   = 30 * time.Second
	totpDigits = 1_000_000
	totpSecret = 20 // bytes
	totpSkew   = 1  // steps
)

// totpCode is the code of a time step (RFC 4226, 5.3).
func totpCode(secret []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	n := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%totpDigits)
}

// totpMatch is the step whose code it is, 0 if it is none of those around now.
func totpMatch(secret []byte, code string, now time.Time) (step int64) {
	present := now.Unix() / int64(totpStep/time.Second)
	for s := present - totpSkew; s <= present+totpSkew; s++ {
		if subtle.ConstantTimeCompare([]byte(totpCode(secret, s)), []byte(code)) == 1 {
			step = s
		}
	}
	return step
}

// totpAddress is what an authenticator app reads from a picture.
func totpAddress(secret []byte, name string) string {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	return "otpauth://totp/Hearth:" + url.PathEscape(name) + "?secret=" + text + "&issuer=Hearth&algorithm=SHA1&digits=6&period=30"
}

// errWrongCode is the answer to a code that is wrong or was used before.
var errWrongCode = &hearth.Error{Code: hearth.Denied, Field: "code", Message: "The code is wrong, or was used already; wait for the next one."}

// takeCode takes the code of an authenticator app, each step's once, or a
// recovery code, each once.
func (a *Access) takeCode(tx *db.Tx, u account, code string) error {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(code)))
	if len(code) == recoveryLength {
		return a.takeRecovery(tx, u.id, code)
	}
	if u.totp == "" || len(code) != 6 {
		return errWrongCode
	}
	secret, err := a.sealer.open(u.id, "totp", u.totp)
	if err != nil {
		return err
	}
	step := totpMatch(secret, code, a.o.Clock())
	if step == 0 {
		return errWrongCode
	}
	return once(tx.Exec(`UPDATE users SET totp_step = ?1 WHERE id = ?2 AND totp_step < ?1`, step, int64(u.id)))
}

// once is errWrongCode unless a conditional change found its row: of any number
// who use the same thing, one does.
func once(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return errWrongCode
}

// Recovery codes: ten of 80 bits each, in letters that are not mixed up.
const (
	recoveryCodes  = 10
	recoveryLength = 16
)

var recoveryLetters = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding)

func recoveryHash(user hearth.UserID, code string) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "hearth recovery code\x00%d\x00%s", user, code))
	return sum[:]
}

func (a *Access) takeRecovery(tx *db.Tx, user hearth.UserID, code string) error {
	return once(tx.Exec(`UPDATE recovery_code SET used = ? WHERE user_id = ? AND hash = ? AND used = 0`,
		db.Micros(a.o.Clock()), int64(user), recoveryHash(user, code)))
}

// newRecoveryCodes replaces a person's recovery codes. They are shown now and
// never again.
func (a *Access) newRecoveryCodes(tx *db.Tx, user hearth.UserID) (codes []string, err error) {
	if _, err := tx.Exec(`DELETE FROM recovery_code WHERE user_id = ?`, int64(user)); err != nil {
		return nil, err
	}
	for range recoveryCodes {
		var b [10]byte
		if _, err := io.ReadFull(a.o.Random, b[:]); err != nil {
			return nil, fmt.Errorf("making a recovery code: %w", err)
		}
		code := recoveryLetters.EncodeToString(b[:])
		if _, err := tx.Exec(`INSERT INTO recovery_code (user_id, hash, used) VALUES (?, ?, 0)`, int64(user), recoveryHash(user, code)); err != nil {
			return nil, err
		}
		codes = append(codes, code[:4]+"-"+code[4:8]+"-"+code[8:12]+"-"+code[12:])
	}
	return codes, nil
}
