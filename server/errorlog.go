package server

import (
	"bytes"
	"log"
	"log/slog"
	"strings"
	"sync"
	"time"

	"hearth"
)

// errorLog is where an http.Server says what it cannot answer. Nearly all of it
// is what strangers do, and told to nobody; that no connection can be taken any
// more, and that answering made the program fail, is the operator's matter.
func errorLog(to *slog.Logger, clock hearth.Clock) *log.Logger {
	return log.New(&errorWriter{log: to, clock: clock}, "", 0)
}

// acceptEvery is how often it is said that connections cannot be taken.
const acceptEvery = time.Minute

type errorWriter struct {
	log   *slog.Logger
	clock hearth.Clock

	mu   sync.Mutex
	said time.Time
}

func (w *errorWriter) Write(line []byte) (int, error) {
	what := strings.TrimSpace(string(line))
	if bytes.HasPrefix(line, []byte("http: panic serving")) {
		w.log.Error("a connection made the program fail", "error", what)
		return len(line), nil
	}
	if !bytes.Contains(line, []byte("Accept error")) {
		w.log.Debug(what)
		return len(line), nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := w.clock(); now.Sub(w.said).Abs() >= acceptEvery {
		w.said = now
		w.log.Warn("no connection can be taken at the moment; if it lasts, let the program open more files (ulimit -n, LimitNOFILE)", "error", what)
	}
	return len(line), nil
}
