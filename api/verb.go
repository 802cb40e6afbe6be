package api

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hearth/access"
)

// verb is a route of one verb, with the policy that holds for it (I33). The verb
// itself checks the permission; the route says which, and a test compares.
type verb struct {
	id      string // method of client.Client, in kebab case
	method  string
	path    string
	summary string
	tag     string
	status  int // of success; 0: 200

	who    who               // may call it; zero: actors with the permission
	may    access.Permission // that the verb checks
	also   access.Permission // that it checks as well; "": none
	heavy  bool              // takes a place among the heavy ones
	stream bool              // lasts, with a deadline for each step
	small  bool              // takes a small body only
}

// who is the credentials that a route takes.
type who string

const (
	permitted who = ""         // any credential of an actor with the permission
	anybody   who = "anybody"  // any credential; nothing is of a workspace
	person    who = "person"   // a session
	operator  who = "operator" // the server's own key
	stranger  who = "stranger" // none: what is sent is the credential
)

// Policy is what holds for a route; it stands in the OpenAPI description.
type Policy struct {
	Credentials string   `json:"credentials"`           // permitted, anybody, person, operator, stranger
	Permissions []string `json:"permissions,omitempty"` // of permitted
	Rate        string   `json:"rate"`                  // light, heavy, stream, guess
	Body        int64    `json:"body"`                  // largest, in bytes
	Deadline    int64    `json:"deadline"`              // in seconds; of a stream, of each step
}

// PolicyName is the name of the policy in the OpenAPI description.
const PolicyName = "x-hearth-policy"

// smallBody is enough for names, passwords and tokens.
const smallBody = 64 << 10

// policy is the verb's.
func (v *verb) policy() Policy {
	p := Policy{Credentials: string(v.who), Rate: "light", Body: largestBody, Deadline: int64(requestTime / time.Second)}
	if v.who == permitted {
		p.Credentials = "permitted"
	}
	for _, may := range [...]access.Permission{v.may, v.also} {
		if may != "" {
			p.Permissions = append(p.Permissions, string(may))
		}
	}
	switch {
	case v.stream:
		p.Rate, p.Deadline = "stream", int64(stepTime/time.Second)
	case v.heavy:
		p.Rate = "heavy"
	case v.who == stranger:
		p.Rate = "guess" // counted by access before it is looked at
	}
	if v.small || v.who != permitted {
		p.Body = smallBody
	}
	if v.tag == "query" {
		p.Body = largestBody
	}
	return p
}

// operation describes the route, and opens it to strangers where it is theirs.
func (a *API) operation(v verb) huma.Operation {
	p := v.policy()
	operation := huma.Operation{
		OperationID: v.id, Method: v.method, Path: v.path, Summary: v.summary, Tags: []string{v.tag},
		DefaultStatus: v.status, MaxBodyBytes: p.Body, BodyReadTimeout: readTime,
		Responses: problemResponses(), Extensions: map[string]any{PolicyName: p},
	}
	if v.who == stranger {
		a.open[v.method+" /api"+v.path] = true
		operation.Security = []map[string][]string{}
	}
	return operation
}
