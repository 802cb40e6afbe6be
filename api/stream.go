package api

import (
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"hearth"
	"hearth/client"
)

const ndjson = "application/x-ndjson"

// lines writes a stream of documents, each flushed and with a deadline of its
// own, from several goroutines.
type lines struct {
	mu    sync.Mutex
	w     http.ResponseWriter
	steps *http.ResponseController
}

func newLines(w http.ResponseWriter) *lines {
	return &lines{w: w, steps: http.NewResponseController(w)}
}

func (l *lines) begin(kind string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.w.Header().Set("Content-Type", kind)
	l.w.WriteHeader(http.StatusOK)
	l.steps.SetReadDeadline(hearth.SystemClock().Add(forever))
	l.steps.Flush()
}

// forever is a deadline that no stream reaches.
const forever = 10 * 365 * 24 * 60 * 60 * 1e9

// line writes one document.
func (l *lines) line(v any) error {
	document, err := client.Marshal(v)
	if err != nil {
		return err
	}
	return l.write(append(document, '\n'))
}

// blank keeps the connection alive.
func (l *lines) blank() error { return l.write([]byte{'\n'}) }

func (l *lines) write(line []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.steps.SetWriteDeadline(hearth.SystemClock().Add(stepTime))
	if _, err := l.w.Write(line); err != nil {
		return err
	}
	return l.steps.Flush()
}

func streamResponse(about string, kinds ...string) *huma.Response {
	content := map[string]*huma.MediaType{}
	for _, kind := range kinds {
		content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return &huma.Response{Description: about, Content: content}
}
