package access

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"hearth"
)

// Site is the place to which passkeys belong: a name, and the origin of its
// pages. Make it with Access.Site; the zero Site is nowhere.
type Site struct {
	Name   string `json:"name"`
	Origin string `json:"origin"`

	nowhere error
}

// Err says why there can be no passkeys here; nil: there can.
func (s Site) Err() error {
	if s.Name == "" && s.nowhere == nil {
		return hearth.Errorf(hearth.Invalid, "Passkeys need to know where they are used.")
	}
	return s.nowhere
}

func nowhere(format string, args ...any) Site {
	return Site{nowhere: hearth.Errorf(hearth.Invalid, format, args...)}
}

// Site is the place at which a request came in. It follows from the address that
// the operator has set; without one from the machine's own name, localhost, and
// from nothing else that a request says. A browser keeps passkeys for names with
// TLS, and for localhost; Err says what is missing.
func (a *Access) Site(r *http.Request) Site {
	address := a.o.Address
	if address == "" {
		host, port, err := net.SplitHostPort(r.Host)
		if err != nil {
			host, port = r.Host, ""
		}
		if !strings.EqualFold(host, "localhost") {
			if port != "" {
				port = ":" + port
			}
			return nowhere("Passkeys belong to a name. On this machine, open http://localhost%s; for others, the operator sets: hearth serve --address https://hearth.acme.example", port)
		}
		address = "http://" + strings.ToLower(r.Host)
	}
	u, err := url.Parse(address)
	if err != nil {
		return nowhere("The address of this Hearth cannot be read: %s", address)
	}
	name := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(name); err == nil {
		return nowhere("Passkeys belong to a name, and %s is a number. The operator sets one: hearth serve --address https://hearth.acme.example", u.Host)
	}
	if u.Scheme != "https" && name != "localhost" {
		return nowhere("Browsers keep passkeys for pages with TLS only. The operator sets: hearth serve --address https://%s", u.Host)
	}
	return Site{Name: name, Origin: u.Scheme + "://" + strings.ToLower(u.Host)}
}

// party is the site as the library sees it. Keys are asked for that the device
// itself finds, and that it opens for the person only.
func (s Site) party() (*webauthn.WebAuthn, error) {
	if err := s.Err(); err != nil {
		return nil, err
	}
	must := true
	return webauthn.New(&webauthn.Config{
		RPID: s.Name, RPDisplayName: "Hearth", RPOrigins: []string{s.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: &must, ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
}
