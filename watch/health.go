package watch

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// Check is one thing that readiness asks for.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // what is wrong and what to do
}

// health is the document of both probes.
type health struct {
	Status string  `json:"status"`
	Checks []Check `json:"checks,omitempty"`
}

// probeTime is how long the checks may take: probes wait about so long.
const probeTime = 3 * time.Second

// Alive answers 200 as long as the process answers at all.
func Alive() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w, http.StatusOK, health{Status: "alive"}) })
}

// Readiness answers 200 if all checks are well, else 503. Only those whom told
// allows are told the checks.
func Readiness(checks func(context.Context) []Check, told func(*http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), probeTime)
		defer cancel()
		list := checks(ctx)
		doc, status := health{Status: "ready", Checks: list}, http.StatusOK
		if !Ready(list) {
			doc.Status, status = "not ready", http.StatusServiceUnavailable
		}
		if !told(r) {
			doc.Checks = nil
		}
		write(w, status, doc)
	})
}

// Ready says whether all checks are well.
func Ready(checks []Check) bool {
	for _, c := range checks {
		if !c.OK {
			return false
		}
	}
	return true
}

func write(w http.ResponseWriter, status int, doc health) {
	text, err := json.Marshal(doc)
	if err != nil {
		text = []byte(`{}`) // strings and booleans can always be written
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
}
