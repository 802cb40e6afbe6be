package outbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/outbound"
)

// Sign is the signature of Standard Webhooks 1.0 over a message: HMAC-SHA256
// with the secret whsec_….
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return "", hearth.Errorf(hearth.Invalid, "The secret of a webhook is not whsec_ and base64.")
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// client is the way out of one channel.
func (o *Outbox) client(c *Channel, address string) *http.Client {
	return o.o.Out.For(outbound.Web, outbound.Scope{Workspace: c.workspace, Account: fmt.Sprintf("channel %d", c.ID), Hosts: []string{address}})
}

func (o *Outbox) sendWebhook(ctx context.Context, d *Dispatch, c *Channel) outcome {
	secret, err := o.o.Open(c.label("secret"), c.secret)
	if err != nil {
		return outcome{fate: refusedIt, err: err.Error()}
	}
	now := o.o.Clock()
	signature, err := Sign(secret, d.MessageID, now, d.Body)
	if err == nil && now.Before(c.oldUntil) {
		var old string
		if old, err = o.o.Open(c.label("old"), c.secretOld); err == nil {
			old, err = Sign(old, d.MessageID, now, d.Body)
			signature += " " + old
		}
	}
	if err != nil {
		return outcome{fate: refusedIt, err: err.Error()}
	}
	out := o.post(ctx, c, c.Address, d.Body, func(h http.Header) {
		h.Set("Webhook-Id", d.MessageID)
		h.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
		h.Set("Webhook-Signature", signature)
	})
	if out.status == http.StatusGone {
		out.fate, out.stop = refusedIt, "The receiver says that it is gone for good (410)."
	} else if out.fate == refusedIt && out.status != 0 {
		out.fate = notTaken // a receiver that is being mended may say anything
	}
	return out
}

func (o *Outbox) sendChat(ctx context.Context, d *Dispatch, c *Channel) outcome {
	address, err := o.o.Open(c.label("target"), c.target)
	if err != nil {
		return outcome{fate: refusedIt, err: err.Error()}
	}
	out := o.post(ctx, c, address, d.Body, func(http.Header) {})
	if out.status == http.StatusGone || out.status == http.StatusNotFound {
		out.stop = "The chat says that there is no such webhook any more."
	}
	return out
}

// post sends a body once and judges the answer.
func (o *Outbox) post(ctx context.Context, c *Channel, address string, body []byte, header func(http.Header)) outcome {
	connected := false
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }})
	r, err := http.NewRequestWithContext(traced, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return outcome{fate: refusedIt, err: "The address cannot be used."}
	}
	r.GetBody = nil // so that nothing is sent twice
	r.Header.Set("Content-Type", "application/json")
	header(r.Header)
	answer, err := o.client(c, address).Do(r)
	return o.judge(answer, err, connected)
}

// judge says what an answer, or that there is none, means.
func (o *Outbox) judge(answer *http.Response, err error, connected bool) outcome {
	if err != nil {
		var known *hearth.Error
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err // without the address, which may be a secret
		}
		switch {
		case errors.As(err, &known) && known.Code == hearth.Denied:
			return outcome{fate: refusedIt, err: known.Message}
		case !connected:
			return outcome{fate: notTaken, err: "No connection: " + err.Error()}
		}
		return outcome{fate: uncertain, err: "The connection broke off: " + err.Error()}
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	out := outcome{status: answer.StatusCode, err: "The receiver answered " + strconv.Itoa(answer.StatusCode) + "."}
	out.after = retryAfter(answer.Header.Get("Retry-After"), o.o.Clock())
	switch code := answer.StatusCode; {
	case code/100 == 2:
		out.fate, out.err = taken, ""
	case code == http.StatusTooManyRequests:
		out.fate = notTaken
	case code/100 == 4:
		out.fate = refusedIt
	default:
		out.fate = uncertain
	}
	return out
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3).
func retryAfter(text string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(n)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
