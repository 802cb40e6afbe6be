package access

import (
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"hearth"
	"hearth/db"
)

// purpose is what a token is good for. It is the token's prefix and part of its
// hash, so that a token of one purpose is nothing for another (TK1).
type purpose string

const (
	forSession    purpose = "hs"
	forKey        purpose = "hk"
	forDevice     purpose = "hd" // remembers that somebody has signed in from this browser
	forInvitation purpose = "hi"
	forSetUp      purpose = "hu"
	forReset      purpose = "hr"
	forSecond     purpose = "h2" // the password was right, the second factor is to come
	forTOTP       purpose = "ht" // an authenticator app that is to be
	forPasskey    purpose = "hp" // a ceremony under way
	forProof      purpose = "hq" // a ceremony by which somebody proves again who they are
	forBrowser    purpose = "hw" // a browser on its way to a provider
	forProvider   purpose = "ho" // a way to an identity provider and back
)

// tokenBytes is how much of a token is random.
const tokenBytes = 32

// newToken makes a token and what is stored of it.
func (a *Access) newToken(p purpose) (token string, hash []byte, err error) {
	var secret [tokenBytes]byte
	if _, err := io.ReadFull(a.o.Random, secret[:]); err != nil {
		return "", nil, fmt.Errorf("making a secret: %w", err)
	}
	token = string(p) + "_" + base64.RawURLEncoding.EncodeToString(secret[:])
	hash, _ = tokenHash(p, token)
	return token, hash, nil
}

// tokenHash is what is stored of a token; false if it cannot be one of this
// purpose. The secret is random, so one round of a fast hash is enough.
func tokenHash(p purpose, token string) ([]byte, bool) {
	body, ok := strings.CutPrefix(token, string(p)+"_")
	if !ok || len(body) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return nil, false
	}
	sum := sha256.Sum256([]byte("hearth token\x00" + string(p) + "\x00" + body))
	return sum[:], true
}

// newID makes a number that says nothing and that every program can hold
// exactly (52 bits).
func (a *Access) newID() (int64, error) {
	var b [8]byte
	if _, err := io.ReadFull(a.o.Random, b[:]); err != nil {
		return 0, fmt.Errorf("making a number: %w", err)
	}
	return int64(binary.BigEndian.Uint64(b[:])>>12) | 1, nil
}

// ticket is a secret that is good once.
type ticket struct {
	user hearth.UserID
	data string
}

// decode reads what the purpose keeps in the ticket.
func (t *ticket) decode(into any) error { return json.Unmarshal([]byte(t.data), into) }

// issue makes a ticket that is good until it expires.
func (a *Access) issue(tx *db.Tx, p purpose, user hearth.UserID, data any, life time.Duration) (string, error) {
	token, hash, err := a.newToken(p)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	now := a.o.Clock()
	_, err = tx.Exec(`INSERT INTO ticket (hash, purpose, user_id, data, tries, created, expires, used) VALUES (?, ?, ?, ?, 0, ?, ?, 0)`,
		hash, string(p), int64(user), string(text), db.Micros(now), db.Micros(now.Add(life)))
	return token, err
}

// spent is the answer to a ticket that is wrong, old or used; it does not say
// which.
func spent(what string) error {
	return hearth.Errorf(hearth.Denied, "%s does not hold: it is wrong, too old, or was used already.", what)
}

// redeem uses a ticket up in the transaction of its effect: exactly one of any
// number that try (ID3).
func (a *Access) redeem(tx *db.Tx, p purpose, token, what string) (t ticket, err error) {
	hash, ok := tokenHash(p, token)
	if !ok {
		return t, spent(what)
	}
	now := db.Micros(a.o.Clock())
	err = tx.QueryRow(`UPDATE ticket SET used = ?1 WHERE hash = ?2 AND purpose = ?3 AND used = 0 AND expires > ?1 RETURNING user_id, data`,
		now, hash, string(p)).Scan(&t.user, &t.data)
	if errors.Is(err, sql.ErrNoRows) {
		return t, spent(what)
	}
	return t, err
}

// look reads a ticket and leaves it as it is.
func (a *Access) look(tx *db.Tx, p purpose, token, what string) (t ticket, err error) {
	hash, ok := tokenHash(p, token)
	if !ok {
		return t, spent(what)
	}
	err = tx.QueryRow(`SELECT user_id, data FROM ticket WHERE hash = ? AND purpose = ? AND used = 0 AND expires > ?`,
		hash, string(p), db.Micros(a.o.Clock())).Scan(&t.user, &t.data)
	if errors.Is(err, sql.ErrNoRows) {
		return t, spent(what)
	}
	return t, err
}

// failed counts a wrong answer to a ticket; the last of most uses it up.
func (a *Access) failed(tx *db.Tx, p purpose, token string, most int64) error {
	hash, ok := tokenHash(p, token)
	if !ok {
		return nil
	}
	_, err := tx.Exec(`UPDATE ticket SET tries = tries + 1, used = CASE WHEN tries + 1 >= ? THEN ? ELSE used END
WHERE hash = ? AND purpose = ? AND used = 0`, most, db.Micros(a.o.Clock()), hash, string(p))
	return err
}

// withdraw ends all tickets of a purpose that are out for a person.
func (a *Access) withdraw(tx *db.Tx, p purpose, user hearth.UserID) error {
	_, err := tx.Exec(`UPDATE ticket SET used = ? WHERE purpose = ? AND user_id = ? AND used = 0`, db.Micros(a.o.Clock()), string(p), int64(user))
	return err
}
