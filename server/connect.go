package server

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"hearth"
	"hearth/client"
)

// probeTime is how long a server that left a note may take to answer.
const probeTime = 3 * time.Second

// Connect gives a client of the server that runs on the data directory, or of
// one opened in this process until done is called. A note that a crash left
// behind is noticed and removed. Unless create is set, a data directory that is
// not there is an error.
func Connect(ctx context.Context, config Config, getenv func(string) string, create bool) (c *client.Client, done func() error, err error) {
	nothing := func() error { return nil }
	if config.Server != "" {
		c, err := client.New(config.Server, client.Options{Key: getenv("HEARTH_KEY")})
		return c, nothing, err
	}
	if _, err := os.Stat(config.Data); errors.Is(err, fs.ErrNotExist) && !create && config.DB == "" {
		return nil, nil, hearth.Errorf(hearth.NotFound, "There is no data in %s yet. Begin with hearth serve, hearth import or hearth demo, or name another directory with --data.", config.Data)
	}
	left, err := readNote(config.Data)
	if err != nil {
		return nil, nil, err
	}
	var unanswered error
	if left != nil {
		c, err := client.New(left.Address, client.Options{Key: left.Key})
		if err == nil {
			if unanswered = probe(ctx, c); unanswered == nil {
				return c, nothing, nil
			}
		}
	}
	s, err := buildSoon(ctx, config)
	if hearth.ErrorCode(err) == hearth.Conflict && unanswered != nil {
		return nil, nil, hearth.Errorf(hearth.Unavailable, "The server that runs on %s (process %d) does not answer at %s.", config.Data, left.Process, left.Address)
	}
	if err != nil {
		return nil, nil, err
	}
	removeNote(config.Data) // nobody else has the directory, so it is stale
	c, done, err = s.inProcess(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return c, done, nil
}

func probe(ctx context.Context, c *client.Client) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	return c.Ping(ctx)
}

// buildSoon waits a little for another command that has the directory open.
func buildSoon(ctx context.Context, config Config) (*Server, error) {
	const tries, pause = 150, 100 * time.Millisecond
	for i := 0; ; i++ {
		s, err := Build(ctx, config)
		if hearth.ErrorCode(err) != hearth.Conflict || i == tries {
			return s, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}
