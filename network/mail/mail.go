package mail

import (
	"crypto/x509"
	"net"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// Name is the network's name in posts.
const Name = "mail"

// Network is a mailbox.
func Network() network.Network {
	return build(limits{message: maxMessage, shortest: 10 * time.Second})
}

// limits are what tests make smaller.
type limits struct {
	message  int64         // bytes of one message
	shortest time.Duration // of the interval
	roots    *x509.CertPool
}

const maxMessage = 25 << 20

func build(l limits) network.Network {
	return network.Network{
		Name:  Name,
		Title: "E-mail (IMAP)",
		Fields: []network.Field{
			{
				Name: "server", Title: "Server", Required: true, Check: func(v string) error { _, err := parseServer(v, "tls"); return err },
				Help: "The IMAP server, like imap.acme.example, with its port where that is unusual.",
			},
			{
				Name: "security", Title: "Encryption", Default: "tls", Choices: []string{"tls", "starttls", "none"},
				Help: "tls is port 993, starttls port 143; none only for a server on this machine.",
			},
			{Name: "user", Title: "User", Required: true, Help: "The name to log in with, often the address."},
			{Name: "password", Title: "Password", Required: true, Secret: true, Help: "Its password; many providers want one made for the app."},
			{Name: "mailbox", Title: "Mailbox", Default: "INBOX", Help: "The folder to read."},
			{
				Name: "days", Title: "Days", Default: "0", Check: checkDays,
				Help: "How many days of older mail the first look reads.",
			},
			{
				Name: "skip", Title: "What to leave out", Default: "automatic", Choices: []string{"none", "automatic", "lists"},
				Help: "automatic leaves out automatic answers and bounces, lists also newsletters and mailing lists.",
			},
			{
				Name: "expunged", Title: "Messages that are removed", Default: "keep", Choices: []string{"keep", "delete"},
				Help: "What happens when a message leaves the folder: its post is kept, or deleted. Filing it elsewhere removes it too.",
			},
			{
				Name: "mark_read", Title: "Mark as read", Default: "no", Choices: []string{"no", "yes"},
				Help: "Whether messages that were taken are marked as read in the mailbox.",
			},
			{
				Name: "interval", Title: "Interval", Default: "1m", Check: func(v string) error {
					if d, err := time.ParseDuration(v); err != nil || d < l.shortest || d > time.Hour {
						return hearth.Errorf(hearth.Invalid, "%q is not a time from %s to an hour, like 1m.", v, l.shortest)
					}
					return nil
				},
				Help: "How often to ask what is new, where the server cannot say so by itself (IDLE).",
			},
		},
		Stream: l.stream,
		Decode: decode,
	}
}

// address is a server to connect to.
type address struct{ host, port string }

func (a address) String() string { return net.JoinHostPort(a.host, a.port) }

func parseServer(v, security string) (a address, err error) {
	a = address{strings.Trim(v, "[]"), "993"}
	if security != "tls" {
		a.port = "143"
	}
	if host, port, err := net.SplitHostPort(v); err == nil {
		a = address{host, port}
	}
	n, err := strconv.Atoi(a.port)
	if a.host == "" || strings.ContainsAny(a.host, "/@ ") || err != nil || n <= 0 || n > 65535 {
		return a, hearth.Errorf(hearth.Invalid, "%q is not a server like imap.acme.example or imap.acme.example:993.", v)
	}
	return a, nil
}

func checkDays(v string) error {
	if n, err := strconv.Atoi(v); err != nil || n < 0 || n > 3650 {
		return hearth.Errorf(hearth.Invalid, "%q is not a number of days from 0 to 3650.", v)
	}
	return nil
}

// decode is network.Network.Decode.
func decode(raw []byte, b *network.Batch) {
	m, err := readMessage(raw)
	if err == nil {
		ev := b.Add()
		if err = m.fill(ev, time.Time{}); err == nil {
			return
		}
		b.Drop()
	}
	b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: network.Sentence(err)})
}
