package web

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
)

// policy is the content security policy of every page and part of one; %s is
// the nonce of the response. No style, script or handler inside a page runs,
// and only htmx makes markup of text (Trusted Types); worker names one script.
const policy = "default-src 'none'; script-src 'self' 'nonce-%s'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types htmx worker"

// newNonce is a number that is used once.
func newNonce(random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(b[:]), nil
}

func setPolicy(h http.Header, nonce string) {
	h.Set("Content-Security-Policy", strings.Replace(policy, "%s", nonce, 1))
}
