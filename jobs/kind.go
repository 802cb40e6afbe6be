package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"time"

	"hearth"
)

// Kind is a sort of work. Make one with Handle; the other fields have sound
// defaults.
type Kind struct {
	Name string // stored with the jobs, so the same for ever

	Attempts int           // after which it is a dead letter; 0: 5
	Timeout  time.Duration // of one attempt; 0: an hour
	AtOnce   int           // most that run at once in this process; 0: as many as there are workers

	do func(ctx context.Context, r *Run, args []byte) error
}

const (
	defaultAttempts = 5
	defaultTimeout  = time.Hour
)

// Handle makes a kind of a function. Its arguments are what Draft.Args was,
// decoded strictly: jobs with others become dead letters at once.
//
// ctx ends when the job is cancelled, takes too long, is taken over, or the
// process stops; return then, with any error. An error whose code says that
// trying again cannot help (Invalid, Denied, NotFound) makes a dead letter at
// once, any other is tried again.
func Handle[A any](name string, do func(ctx context.Context, r *Run, args A) error) Kind {
	return Kind{Name: name, do: func(ctx context.Context, r *Run, raw []byte) error {
		var args A
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&args); err != nil {
			return hearth.Errorf(hearth.Invalid, "The arguments of the job cannot be read: %v.", err)
		}
		if _, err := d.Token(); err != io.EOF {
			return hearth.Errorf(hearth.Invalid, "The arguments of the job cannot be read: there is more than one value.")
		}
		return do(ctx, r, args)
	}}
}

func (k *Kind) attempts() int {
	if k.Attempts > 0 {
		return k.Attempts
	}
	return defaultAttempts
}

func (k *Kind) timeout() time.Duration {
	if k.Timeout > 0 {
		return k.Timeout
	}
	return defaultTimeout
}

// permanent says that trying again cannot help.
func permanent(err error) bool {
	switch hearth.ErrorCode(err) {
	case hearth.Invalid, hearth.Denied, hearth.NotFound:
		return true
	}
	return false
}

// The waits between attempts: doubled each time, and spread so that many jobs
// do not come back at the same moment.
const (
	firstWait   = time.Second
	longestWait = 10 * time.Minute
)

func backoff(attempts int, random float64) time.Duration {
	wait := longestWait
	if attempts < 10 {
		wait = firstWait << max(attempts-1, 0)
	}
	return wait/2 + time.Duration(random*float64(wait/2))
}
