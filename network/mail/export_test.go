package mail

import (
	"crypto/x509"
	"time"

	"hearth"
	"hearth/network"
)

// Small is the network with limits that tests can reach.
func Small(message int64, roots *x509.CertPool) network.Network {
	return build(limits{message: message, shortest: time.Millisecond, roots: roots})
}

// Read reads a message as a post.
func Read(raw string) (hearth.Post, error) {
	var b network.Batch
	decode([]byte(raw), &b)
	if len(b.Rejects) > 0 {
		return hearth.Post{}, hearth.Errorf(hearth.Invalid, "%s", b.Rejects[0].Reason)
	}
	return b.Events[0].Post, nil
}

// Own is the text without quotes and signature.
func Own(text string) string { return own(text) }
