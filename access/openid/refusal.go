package openid

import (
	"fmt"
	"slices"

	"hearth"
)

// Reason says why nobody was identified. Pages word it; the audit log keeps it.
type Reason string

const (
	Unreachable Reason = "unreachable" // no answer, or too late
	Internal    Reason = "internal"    // the address is not public, and no rule allows it
	Description Reason = "description" // what the provider says of itself cannot be used
	Keys        Reason = "keys"        // its keys cannot be used
	Declined    Reason = "declined"    // the provider sent the person back with an error
	MixedUp     Reason = "mixed-up"    // the answer names another provider, or none though it should
	Exchange    Reason = "exchange"    // the provider gave no token for the code
	Malformed   Reason = "malformed"   // the token cannot be read
	Algorithm   Reason = "algorithm"   // signed in a way that is not accepted
	Signature   Reason = "signature"   // no key of the provider signed it
	Issuer      Reason = "issuer"      // somebody else issued it
	Audience    Reason = "audience"    // it is for somebody else
	Time        Reason = "time"        // too old, or not yet good
	Nonce       Reason = "nonce"       // it answers another question
	Subject     Reason = "subject"     // it names nobody, or nobody that can be kept
	UserInfo    Reason = "user-info"   // user info cannot be used, or is about somebody else
	Stale       Reason = "stale"       // the person was not asked anew
)

// Reasons lists them all.
func Reasons() []Reason {
	return []Reason{Unreachable, Internal, Description, Keys, Declined, MixedUp, Exchange, Malformed, Algorithm, Signature,
		Issuer, Audience, Time, Nonce, Subject, UserInfo, Stale}
}

// Refusal is why nobody was identified. Detail is for whoever looks after the
// provider; it may hold what the provider said, as text that is fit to be shown,
// and no secret.
type Refusal struct {
	Reason Reason
	Detail string
}

// mostDetail is how many bytes of a detail are kept.
const mostDetail = 300

func refuse(why Reason, format string, args ...any) error {
	return &Refusal{why, text(fmt.Sprintf(format, args...), mostDetail)}
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("The provider could not be used to sign in (%s): %s", r.Reason, r.Detail)
}

// Unwrap gives the refusal a code: what may pass is Unavailable, all else Denied.
func (r *Refusal) Unwrap() error {
	code := hearth.Denied
	if slices.Contains([]Reason{Unreachable, Internal, Description, Keys}, r.Reason) {
		code = hearth.Unavailable
	}
	return &hearth.Error{Code: code, Field: "provider", Message: r.Error()}
}

// visible is a text with everything that hides written out.
func visible(s string) string { return hearth.Visible(s) }

// text is foreign text made fit to be shown and kept.
func text(s string, most int) string {
	s = visible(s)
	for i := range s {
		if i > most {
			return s[:i] + "…"
		}
	}
	return s
}
