package api

import (
	"net/http"
	"strings"
)

// freeing are the requests that only read though they are no GET, make room, or
// write elsewhere: they are answered on a full disk too.
var freeing = []string{"/api/posts/", "/api/query/", "/api/monitors/preview", "/api/backups"}

// room refuses what would keep something new while there is no room for it.
func (a *API) room(r *http.Request) error {
	if a.o.Room == nil {
		return nil
	}
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
	default:
		return nil
	}
	for _, path := range freeing {
		if strings.HasPrefix(r.URL.Path, path) {
			return nil
		}
	}
	for _, act := range []string{"/undo", "/pause", "/cancel"} {
		if strings.HasSuffix(r.URL.Path, act) {
			return nil
		}
	}
	return a.o.Room()
}
