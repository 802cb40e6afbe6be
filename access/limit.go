package access

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"hearth"
	"hearth/db"
)

// limit is how many guesses are looked at in a stretch of time.
type limit struct {
	most int64
	time time.Duration
}

// The limits of guessing (ID5). For one account and one hour at most 15 guesses
// of strangers are looked at. A browser or a network from which the person has
// signed in before has a count of its own, so that strangers cannot use it up.
var (
	limitAccount  = limit{15, time.Hour}
	limitFamiliar = limit{5, 15 * time.Minute}
	limitNetwork  = limit{30, 15 * time.Minute} // over all accounts
	limitTokens   = limit{30, 15 * time.Minute} // links and keys that are wrong, of one network

	limitTrials     = limit{30, 15 * time.Minute}  // of providers, by their owners
	limitCeremonies = limit{300, 15 * time.Minute} // questions for a passkey, which cost a row; of one network
)

// errTooMany is the answer to guesses that are not looked at.
func errTooMany(l limit) error {
	return hearth.Errorf(hearth.TooMany, "There were too many attempts. Wait %d minutes, or sign in from a browser that you have signed in with before.", int(l.time.Minutes()))
}

// take counts a guess in each bucket, or says which is full; then nothing is
// counted. It is durable before the guess is looked at.
func (a *Access) take(ctx context.Context, buckets map[string]limit) error {
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		now := a.o.Clock()
		for bucket, l := range buckets {
			var taken int64
			err := tx.QueryRow(`
INSERT INTO attempt (bucket, began, taken) VALUES (?1, ?2, 1)
ON CONFLICT (bucket) DO UPDATE SET
    taken = CASE WHEN attempt.began <= ?3 THEN 1 ELSE attempt.taken + 1 END,
    began = CASE WHEN attempt.began <= ?3 THEN excluded.began ELSE attempt.began END
RETURNING taken`, bucket, db.Micros(now), db.Micros(now.Add(-l.time))).Scan(&taken)
			if err != nil {
				return err
			}
			if taken > l.most {
				return errTooMany(l) // undoes what was counted
			}
		}
		return nil
	})
}

// giveBack takes back what was counted for a guess that was right.
func giveBack(tx *db.Tx, buckets map[string]limit) error {
	for bucket := range buckets {
		if _, err := tx.Exec(`UPDATE attempt SET taken = taken - 1 WHERE bucket = ? AND taken > 0`, bucket); err != nil {
			return err
		}
	}
	return nil
}

// familiarFor is how long a browser or a network is remembered.
const familiarFor = 90 * 24 * time.Hour

// buckets says where a guess counts: for strangers with the account and with
// their network, for whoever was there before with themselves. Account is the
// user's id, or the name that nobody has.
func (a *Access) buckets(ctx context.Context, what string, user hearth.UserID, account string, c Caller) (map[string]limit, error) {
	places := c.places()
	if user > 0 {
		for _, place := range places {
			var seen int64
			err := a.o.State.Read(ctx, func(tx *db.Tx) error {
				return tx.QueryRow(`SELECT seen FROM familiar WHERE user_id = ? AND place = ?`, int64(user), place).Scan(&seen)
			})
			if err == nil && seen > db.Micros(a.o.Clock().Add(-familiarFor)) {
				return map[string]limit{what + "/" + user.String() + "/" + place: limitFamiliar}, nil
			}
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return nil, err
			}
		}
		account = user.String()
	} else {
		account = "nobody/" + account
	}
	return map[string]limit{
		what + "/" + account:          limitAccount,
		what + "/from/" + c.network(): limitNetwork,
	}, nil
}

// remember notes from where somebody has signed in.
func (a *Access) remember(tx *db.Tx, user hearth.UserID, c Caller) error {
	for _, place := range c.places() {
		_, err := tx.Exec(`INSERT INTO familiar (user_id, place, seen) VALUES (?, ?, ?) ON CONFLICT (user_id, place) DO UPDATE SET seen = excluded.seen`,
			int64(user), place, db.Micros(a.o.Clock()))
		if err != nil {
			return err
		}
	}
	return nil
}

// places are the browser and the network of a caller, as far as they are known.
func (c Caller) places() (list []string) {
	if hash, ok := tokenHash(forDevice, c.Device); ok {
		list = append(list, "device:"+hex.EncodeToString(hash))
	}
	if c.Address.IsValid() && !c.Address.IsLoopback() {
		list = append(list, "network:"+c.network())
	}
	return list
}
