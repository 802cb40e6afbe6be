package access

import (
	"net/http"
)

// Gives says whether the actor may give somebody a role, or take it away: nobody
// gives more than they have, and keys give nothing.
func (a Actor) Gives(role Role) bool { return a.gives(role) == nil }

// Here is how people reach Hearth: the configured address, else the one that the
// request came to. It ends without a slash.
func (a *Access) Here(r *http.Request) string {
	if a.o.Address != "" {
		return a.o.Address
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
