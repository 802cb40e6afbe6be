package web

import (
	"bytes"
	"embed"
	"html/template"
	"log/slog"
	"net/http"

	"hearth"
	"hearth/client"
)

//go:embed status.html
var statusPage string

//go:embed static
var static embed.FS

// Options are what the pages show.
type Options struct {
	Clock hearth.Clock
	Log   *slog.Logger

	// Look gives what the status page shows to whoever asks; its error is the
	// answer.
	Look func(*http.Request) (View, error)
}

// View is what the status page shows.
type View struct {
	Status   client.Status
	Mentions map[int64][]client.Hit // the latest of each monitor
	Letters  []client.DeadLetter    // the latest
}

// policy is the content security policy of every page.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// New makes the handler of the pages.
func New(o Options) http.Handler {
	page := template.Must(template.New("status").Funcs(words(o.Clock)).Parse(statusPage))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		view, err := o.Look(r)
		if err != nil {
			refuse(w, err)
			return
		}
		var b bytes.Buffer
		if err := page.Execute(&b, newScene(&view, o.Clock())); err != nil {
			o.Log.Error("the status page cannot be rendered", "error", err)
			http.Error(w, "Hearth failed while rendering this page; the log says more.", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(b.Bytes())
	})
	mux.HandleFunc("GET /status.json", func(w http.ResponseWriter, r *http.Request) {
		view, err := o.Look(r)
		if err != nil {
			refuse(w, err)
			return
		}
		document, err := client.Marshal(view.Status)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(append(document, '\n'))
	})
	files := http.FileServerFS(static)
	mux.HandleFunc("GET /static/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=300")
		files.ServeHTTP(w, r)
	})
	return mux
}

// refuse answers an error; without the key a browser asks for it.
func refuse(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch hearth.ErrorCode(err) {
	case hearth.Denied:
		w.Header().Set("WWW-Authenticate", `Basic realm="Hearth: any name, the server's key as password"`)
		status = http.StatusUnauthorized
	case hearth.Unavailable:
		status = http.StatusServiceUnavailable
	}
	http.Error(w, err.Error(), status)
}
