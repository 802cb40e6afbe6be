package youtube

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// client asks the API and counts what that costs.
type client struct {
	api   network.API
	quota quota
}

func newClient(s *network.Session, timeout time.Duration) (*client, error) {
	server, err := network.ParseServer(s.Settings["server"], publicAPI)
	if err != nil {
		return nil, err
	}
	c := &client{quota: newQuota(s)}
	c.api = network.API{
		Session: s, Base: server, Title: "YouTube", Timeout: timeout, Most: 16 << 20,
		// In a header it stands in no log of addresses.
		Header: http.Header{"X-Goog-Api-Key": {s.Settings["key"]}},
		Denied: "Look at the API key in the Google Cloud console.", Refused: c.refused,
	}
	return c, nil
}

// errUnchanged says that the answer is the one whose ETag was sent.
var errUnchanged = errors.New("unchanged")

// get asks for one thing. With an etag it may say errUnchanged.
func (c *client) get(ctx context.Context, what string, query url.Values, etag string) (network.Answer, error) {
	if err := c.quota.spend(); err != nil {
		return network.Answer{}, err
	}
	api := c.api
	if etag != "" {
		api.Header = maps.Clone(api.Header)
		api.Header.Set("If-None-Match", etag)
	}
	return api.Get(ctx, what, query)
}

// refused understands the errors of Google's APIs: {"error": {"message",
// "errors": [{"reason"}], "details": [{"reason"}]}}.
func (c *client) refused(status int, body string) error {
	if status == http.StatusNotModified {
		return errUnchanged
	}
	message, reasons := readRefusal(body)
	has := func(words ...string) bool {
		for _, r := range reasons {
			for _, w := range words {
				if r == w {
					return true
				}
			}
		}
		return false
	}
	switch {
	case has("quotaExceeded", "dailyLimitExceeded"):
		return c.quota.exhaust()
	case has("rateLimitExceeded", "userRateLimitExceeded", "processingFailure", "backendError"):
		return hearth.Errorf(hearth.Unavailable, "YouTube cannot answer at present: %s", sentence(message))
	case has("keyInvalid", "keyExpired", "API_KEY_INVALID"):
		return hearth.Errorf(hearth.Denied, "YouTube does not know the API key; give the source one that is valid.")
	case has("accessNotConfigured", "SERVICE_DISABLED"):
		return hearth.Errorf(hearth.Denied, "Switch on the YouTube Data API v3 in the key's Google Cloud project, then start the source again.")
	case has("commentsDisabled"):
		return hearth.Errorf(hearth.NotFound, "Comments are turned off there.")
	case has("videoNotFound", "channelNotFound"):
		return hearth.Errorf(hearth.NotFound, "YouTube does not know this video or channel, or does not show it to everybody.")
	case message != "" && (status == http.StatusForbidden || status == http.StatusBadRequest):
		return hearth.Errorf(hearth.Denied, "YouTube refuses to answer: %s", sentence(message))
	}
	return nil
}

func sentence(s string) string { return strings.TrimRight(s[:min(len(s), 300)], ". ") + "." }

func readRefusal(body string) (message string, reasons []string) {
	var r jsonread.Reader
	r.Reset(body)
	for ok := r.TryObject(); ok && r.Next(); {
		if r.Key() != "error" {
			continue
		}
		for ok := r.TryObject(); ok && r.Next(); {
			switch r.Key() {
			case "message":
				message, _ = network.PlainText(r.TryText())
			case "errors", "details":
				for ok := r.TryArray(); ok && r.Next(); {
					for ok := r.TryObject(); ok && r.Next(); {
						if r.Key() == "reason" && len(reasons) < 10 {
							reasons = append(reasons, r.TryText())
						}
					}
				}
			}
		}
	}
	if r.End() != nil {
		return "", nil
	}
	return message, reasons
}

// channel is the id of a channel by its handle.
func (c *client) channel(ctx context.Context, handle string) (id string, err error) {
	key := "youtube channel " + handle
	if id, ok := c.api.Session.Cache.Get(key); ok {
		return id, nil
	}
	a, err := c.get(ctx, "channels", url.Values{"part": {"id"}, "forHandle": {handle}}, "")
	if err != nil {
		return "", err
	}
	items, _, err := readList(a.Body)
	if err != nil {
		return "", c.api.Unreadable(err)
	}
	for _, raw := range items {
		var r jsonread.Reader
		r.Reset(raw)
		for ok := r.TryObject(); ok && r.Next(); {
			if r.Key() == "id" {
				id = r.TryText()
			}
		}
	}
	if !channelID.MatchString(id) {
		return "", hearth.Errorf(hearth.Invalid, "YouTube knows no channel with the handle %s.", handle)
	}
	c.api.Session.Cache.Put(key, id)
	return id, nil
}
