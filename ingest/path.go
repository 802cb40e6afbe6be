package ingest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/network"
)

// Callbacks are the addresses below which deliveries are taken, without a
// slash at the end.
type Callbacks struct {
	Public string // https://…: how networks reach this server; "" where they cannot
	Local  string // of the listener itself; "" where there is none
}

// InPath is the path of deliveries below those addresses; the token follows.
const InPath = "/in/"

const (
	tokenBytes  = 32
	secretBytes = 32
	pathField   = "callback path" // what the token is sealed for
)

// RotateCallback gives a source another path for deliveries. The path it had is
// closed at once.
func (s *Sources) RotateCallback(ctx context.Context, by access.Actor, id hearth.SourceID) error {
	if err := by.Check(access.WriteSources); err != nil {
		return err
	}
	src, err := s.sourceOf(ctx, by.Workspace, id)
	if err != nil {
		return err
	}
	if n := s.networks[src.Network]; n == nil || n.Webhook == nil {
		return hearth.Errorf(hearth.Invalid, "Nothing is sent to the source %s, so it has no address to change.", quote(src.Name))
	}
	err = s.o.State.Write(ctx, func(tx *db.Tx) error {
		if _, err := readSource(tx, by.Workspace, id); err != nil {
			return err
		}
		if err := s.writePath(tx, sourceKey{by.Workspace, id}); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE source SET version = version + 1, changed = ? WHERE workspace_id = ? AND id = ?`,
			db.Micros(s.o.Clock()), by.Workspace, id) // so that it is read anew, with the new address
		if err != nil {
			return err
		}
		return access.Record(tx, s.o.Clock(), by, "source.callback", access.Of("source", id), nil, nil)
	})
	if err != nil {
		return err
	}
	s.announce(by.Workspace, id)
	return nil
}

// writePath gives a source a new path.
func (s *Sources) writePath(tx *db.Tx, key sourceKey) error {
	if s.o.Sealer == nil {
		return hearth.Errorf(hearth.Invalid, "This Hearth has no key to keep secrets safe with, so nothing can be sent to it.")
	}
	raw, err := s.randomBytes(tokenBytes)
	if err != nil {
		return err
	}
	token := base64.RawURLEncoding.EncodeToString(raw)
	_, err = tx.Exec(`
		INSERT INTO source_path (workspace_id, source_id, token_hash, token, made) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, source_id) DO UPDATE SET
			token_hash = excluded.token_hash, token = excluded.token, made = excluded.made`,
		key.workspace, key.id, tokenHash(token), s.o.Sealer.seal(key.workspace, key.id, pathField, token), db.Micros(s.o.Clock()))
	return err
}

func (s *Sources) randomBytes(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.o.Secrets, b); err != nil {
		return nil, fmt.Errorf("making a secret: %w", err)
	}
	return b, nil
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// pathOf is a source's path token; it is made if the source has none yet.
func (s *Sources) pathOf(ctx context.Context, key sourceKey) (string, error) {
	if s.o.Sealer == nil {
		return "", nil
	}
	sealed, err := s.sealedPath(ctx, key)
	if errors.Is(err, sql.ErrNoRows) {
		err = s.o.State.Write(ctx, func(tx *db.Tx) error {
			if _, err := readPath(tx, key); !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			return s.writePath(tx, key)
		})
		if err == nil {
			sealed, err = s.sealedPath(ctx, key)
		}
	}
	if err != nil {
		return "", err
	}
	return s.o.Sealer.open(key.workspace, key.id, pathField, sealed)
}

func (s *Sources) sealedPath(ctx context.Context, key sourceKey) (sealed string, err error) {
	err = s.o.State.Read(ctx, func(tx *db.Tx) error {
		sealed, err = readPath(tx, key)
		return err
	})
	return sealed, err
}

func readPath(tx *db.Tx, key sourceKey) (sealed string, err error) {
	err = tx.QueryRow(`SELECT token FROM source_path WHERE workspace_id = ? AND source_id = ?`, key.workspace, key.id).Scan(&sealed)
	return sealed, err
}

// sourceAt finds the source that a token stands for.
func (s *Sources) sourceAt(ctx context.Context, token string) (key sourceKey, src Source, err error) {
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return key, src, errNoPath
	}
	err = s.o.State.Read(ctx, func(tx *db.Tx) error {
		// Of all workspaces: the token says which.
		err := tx.QueryRow(`SELECT workspace_id, source_id FROM source_path WHERE token_hash = ?`, tokenHash(token)).Scan(&key.workspace, &key.id)
		if err == nil {
			src, err = readSource(tx, key.workspace, key.id)
		}
		return err
	})
	if errors.Is(err, sql.ErrNoRows) || hearth.ErrorCode(err) == hearth.NotFound {
		err = errNoPath
	}
	return key, src, err
}

var errNoPath = &hearth.Error{Code: hearth.NotFound, Message: "Nothing is taken at this address. See hearth source show for the right one."}

// callback is the address at which the network reaches a source; "" where it
// cannot.
func (s *Sources) callback(ctx context.Context, key sourceKey, n *network.Network) (string, error) {
	public := strings.TrimSuffix(s.o.Callbacks().Public, "/")
	if n.Webhook == nil || public == "" {
		return "", nil
	}
	token, err := s.pathOf(ctx, key)
	if err != nil || token == "" {
		return "", err
	}
	return public + InPath + token, nil
}
