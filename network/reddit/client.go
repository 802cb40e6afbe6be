package reddit

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
	"hearth/outbound"
)

const (
	maxAnswer = 16 << 20
	maxToken  = 64 << 10
	early     = time.Minute // before its end a token is renewed
)

// client asks the API.
type client struct {
	s        *network.Session
	server   *url.URL
	tokenURL *url.URL
	timeout  time.Duration
	token    string
	until    time.Time // the token's end
}

func newClient(s *network.Session, timeout time.Duration) (*client, error) {
	server, err := parseAddress(s.Settings["server"])
	if err != nil {
		return nil, err
	}
	tokenURL, err := parseAddress(s.Settings["token_url"])
	return &client{s: s, server: server, tokenURL: tokenURL, timeout: timeout}, err
}

// get asks for one answer. A token that is refused is renewed once.
func (c *client) get(ctx context.Context, path string, query url.Values) (string, error) {
	if c.token == "" || !c.s.Clock().Before(c.until) {
		if err := c.login(ctx); err != nil {
			return "", err
		}
	}
	body, status, err := c.once(ctx, path, query)
	if status == http.StatusUnauthorized {
		if err := c.login(ctx); err != nil {
			return "", err
		}
		body, status, err = c.once(ctx, path, query)
	}
	switch {
	case err != nil:
		return "", err
	case status != http.StatusOK:
		return "", c.refusal(status, path)
	}
	return body, nil
}

func (c *client) once(ctx context.Context, path string, query url.Values) (body string, status int, err error) {
	address := c.server.JoinPath(path)
	query.Set("raw_json", "1")
	address.RawQuery = query.Encode()
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return "", 0, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	response, err := c.do(r)
	if err != nil {
		return "", 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", response.StatusCode, nil
	}
	if response.Request.URL.Path != r.URL.Path { // Reddit offers a search instead
		return "", http.StatusNotFound, nil
	}
	b, err := outbound.ReadAll(response.Body, maxAnswer)
	if err != nil {
		return "", 0, unreachable(err)
	}
	return string(b), http.StatusOK, nil
}

// do sends a request with what every request to Reddit must say of who sends it.
func (c *client) do(r *http.Request) (*http.Response, error) {
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "web:"+c.s.Settings["client_id"]+":1 (by /u/"+c.s.Settings["username"]+")")
	response, err := c.s.HTTP.Do(r)
	if err != nil {
		return nil, unreachable(err)
	}
	return response, nil
}

// login asks for a token: as the app's account where its password is given, as
// the app where it has a secret, else as an installed app without a user.
func (c *client) login(ctx context.Context) error {
	c.token = ""
	form := url.Values{"grant_type": {"client_credentials"}}
	switch {
	case c.s.Settings["password"] != "":
		form = url.Values{"grant_type": {"password"}, "username": {c.s.Settings["username"]}, "password": {c.s.Settings["password"]}}
	case c.s.Settings["client_secret"] == "":
		form = url.Values{"grant_type": {"https://oauth.reddit.com/grants/installed_client"}, "device_id": {"DO_NOT_TRACK_THIS_DEVICE"}}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.tokenURL.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(c.s.Settings["client_id"], c.s.Settings["client_secret"])
	asked := c.s.Clock()
	response, err := c.do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	b, err := outbound.ReadAll(response.Body, maxToken)
	if err != nil {
		return unreachable(err)
	}
	token, seconds, failure := readToken(string(b))
	switch {
	case response.StatusCode == http.StatusUnauthorized || failure == "invalid_client":
		return hearth.Errorf(hearth.Denied, "Reddit does not know the app id and secret; look at reddit.com/prefs/apps and give the source the right ones.")
	case failure == "invalid_grant":
		return hearth.Errorf(hearth.Denied, "Reddit does not accept the user name and password; accounts with two-factor login cannot be used by password.")
	case failure == "unsupported_grant_type" || failure == "unauthorized_client":
		return hearth.Errorf(hearth.Denied, "The app is not of the right type: it needs a secret (web or script app), or must be an installed app without one.")
	case response.StatusCode != http.StatusOK:
		return hearth.Errorf(hearth.Unavailable, "Reddit gives no token (HTTP status %d).", response.StatusCode)
	case token == "" || strings.ContainsAny(token, " \r\n"):
		return hearth.Errorf(hearth.Unavailable, "Reddit's answer holds no token.")
	}
	c.token = token
	c.until = asked.Add(time.Duration(min(max(seconds, 0), 7*24*3600))*time.Second - early)
	return nil
}

func readToken(body string) (token string, seconds int64, failure string) {
	var r jsonread.Reader
	r.Reset(body)
	for ok := r.TryObject(); ok && r.Next(); {
		switch r.Key() {
		case "access_token":
			token = r.TryText()
		case "expires_in":
			seconds, _ = r.TryInt64()
		case "error":
			failure = r.TryText()
		}
	}
	if r.End() != nil {
		return "", 0, failure
	}
	return token, seconds, failure
}

func unreachable(err error) error {
	var known *hearth.Error
	if errors.As(err, &known) {
		return known
	}
	return hearth.Errorf(hearth.Unavailable, "Reddit cannot be reached: %v.", err)
}

// refusal is the error of a status; those that only a person can mend say so.
func (c *client) refusal(status int, path string) error {
	switch status {
	case http.StatusUnauthorized:
		return hearth.Errorf(hearth.Denied, "Reddit refuses the token that it has just given; ask Reddit whether the app is still approved.")
	case http.StatusForbidden:
		return hearth.Errorf(hearth.Denied, "Reddit does not let this app read %s; the subreddit is private or quarantined, or the app is not approved.", path)
	case http.StatusNotFound:
		return hearth.Errorf(hearth.Invalid, "Reddit has nothing at %s; the subreddit does not exist or is banned.", path)
	case http.StatusTooManyRequests:
		return hearth.Errorf(hearth.Unavailable, "Reddit wants no more calls for now (HTTP status 429).")
	}
	return hearth.Errorf(hearth.Unavailable, "Reddit answers with HTTP status %d.", status)
}
