package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"hearth"
	"hearth/ingest"
)

// hooks is the listener for what networks send by themselves: apart from the
// one for people, with limits of its own, so that neither can crowd out the
// other.
type hooks struct {
	handler http.Handler
	public  string                 // the configured address
	local   atomic.Pointer[string] // of the listener, once there is one

	listener net.Listener // nil: none
	server   *http.Server
}

// Limits of the listener for webhooks.
const (
	hookHeaderTime = 5 * time.Second
	hookReadTime   = 15 * time.Second // of header and body
	hookWriteTime  = 20 * time.Second
	hookIdleTime   = 15 * time.Second
	hookClients    = 2048 // connections
	hookRequests   = 1024 // at once
	retryAfter     = "5"  // seconds
)

// checkWebhooks looks at the listener for deliveries.
func (s *Settings) checkWebhooks() (name string, err error) {
	if _, _, err := net.SplitHostPort(s.Webhooks); s.Webhooks != "" && err != nil {
		return "webhooks", hearth.Errorf(hearth.Invalid, "Write the address for webhooks as HOST:PORT, such as 127.0.0.1:8788, not %q.", s.Webhooks)
	}
	if s.WebhooksURL == "" {
		return "", nil
	}
	if s.Webhooks == "" {
		return "webhooks-url", hearth.Errorf(hearth.Invalid, "Say with --webhooks where Hearth takes what is sent to %s.", s.WebhooksURL)
	}
	u, err := url.Parse(s.WebhooksURL)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil ||
		u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return "webhooks-url", hearth.Errorf(hearth.Invalid, "Write the public address for webhooks like https://hooks.acme.example, not %q.", s.WebhooksURL)
	}
	return "", nil
}

// addresses are where deliveries are taken.
func (h *hooks) addresses() ingest.Callbacks {
	c := ingest.Callbacks{Public: h.public}
	if local := h.local.Load(); local != nil {
		c.Local = *local
	}
	return c
}

// listen opens the listener; an empty address opens none.
func (h *hooks) listen(address string, log *slog.Logger, clock hearth.Clock) error {
	if address == "" {
		return nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return hearth.Errorf(hearth.Conflict, "Hearth cannot take webhooks at %s: %v. Stop what listens there or choose another address with --webhooks.", address, listenCause(err))
	}
	local := "http://" + reachable(listener.Addr())
	h.local.Store(&local)
	h.listener = listener
	h.server = &http.Server{
		Handler: h.handler, ReadHeaderTimeout: hookHeaderTime, ReadTimeout: hookReadTime, WriteTimeout: hookWriteTime,
		IdleTimeout: hookIdleTime, MaxHeaderBytes: maxHeader, ErrorLog: errorLog(log, clock),
	}
	newCrowd(hookClients).watch(h.server)
	log.Info("taking webhooks", "address", local, "public", h.public)
	return nil
}

// serve answers until drain or close.
func (h *hooks) serve() error {
	if h.listener == nil {
		return nil
	}
	if err := h.server.Serve(h.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// drain takes nothing new and lets what is being taken end.
func (h *hooks) drain(ctx context.Context) {
	if h.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := h.server.Shutdown(ctx); err != nil {
		h.server.Close()
	}
}

func (h *hooks) close() {
	if h.listener != nil {
		h.server.Close()
		h.listener.Close()
	}
}

// deliverer is what takes deliveries: *ingest.Sources.
type deliverer interface {
	Deliver(ctx context.Context, token string, header http.Header, body io.Reader) error
	Answer(ctx context.Context, token string, query url.Values) (string, error)
	Expects(ctx context.Context, token string) error
}

// hookHandler answers networks. It tells them no more than what to do next.
type hookHandler struct {
	to     deliverer
	log    *slog.Logger
	full   func() bool // whether the disk is
	places chan struct{}
}

func newHookHandler(to deliverer, log *slog.Logger, full func() bool) *hookHandler {
	return &hookHandler{to: to, log: log, full: full, places: make(chan struct{}, hookRequests)}
}

func (h *hookHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	select {
	case h.places <- struct{}{}:
		defer func() { <-h.places }()
	default:
		h.refuse(w, ingest.ErrBusy)
		return
	}
	token, ok := strings.CutPrefix(r.URL.Path, ingest.InPath)
	if !ok {
		h.refuse(w, hearth.Errorf(hearth.NotFound, "Nothing is taken at this address."))
		return
	}
	switch r.Method {
	case http.MethodPost:
		h.deliver(w, r, token)
	case http.MethodGet:
		answer, err := h.to.Answer(r.Context(), token, r.URL.Query())
		if err != nil {
			h.refuse(w, err)
			return
		}
		io.WriteString(w, answer)
	case http.MethodOptions:
		h.handshake(w, r, token)
	default:
		header.Set("Allow", "GET, OPTIONS, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (h *hookHandler) deliver(w http.ResponseWriter, r *http.Request, token string) {
	if r.ContentLength > ingest.MaxDelivery {
		h.refuse(w, ingest.ErrTooLarge)
		return
	}
	if h.full() {
		h.refuse(w, hearth.Errorf(hearth.Unavailable, "The disk is nearly full; send it again later."))
		return
	}
	if err := h.to.Deliver(r.Context(), token, r.Header, r.Body); err != nil {
		h.refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// handshake is that of the abuse protection of CloudEvents (HTTP 1.1 Web Hooks
// for Event Delivery 1.0, section 4): whoever knows the path may send.
func (h *hookHandler) handshake(w http.ResponseWriter, r *http.Request, token string) {
	if err := h.to.Expects(r.Context(), token); err != nil {
		h.refuse(w, err)
		return
	}
	header := w.Header()
	header.Set("Allow", "GET, OPTIONS, POST")
	if origin := r.Header.Get("WebHook-Request-Origin"); origin != "" {
		header.Set("WebHook-Allowed-Origin", origin)
		header.Set("WebHook-Allowed-Rate", "*")
	}
}

// refuse answers an error. What has to be sent again says when.
func (h *hookHandler) refuse(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch code := hearth.ErrorCode(err); {
	case errors.Is(err, ingest.ErrTooLarge):
		status = http.StatusRequestEntityTooLarge
		w.Header().Set("Connection", "close")
	case code == hearth.NotFound:
		status = http.StatusNotFound
	case code == hearth.Denied:
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", "Signature")
	case code == hearth.Invalid:
		status = http.StatusBadRequest
	case code == hearth.Unavailable || code == hearth.Conflict:
		status = http.StatusServiceUnavailable
	}
	if status >= http.StatusInternalServerError {
		// Whatever it was, the delivery is not on the disk: it has to come again.
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", retryAfter)
		if hearth.ErrorCode(err) != hearth.Unavailable {
			h.log.Error("a delivery could not be taken", "error", err)
			err = ingest.ErrBusy
		}
	}
	w.WriteHeader(status)
	var e *hearth.Error
	if errors.As(err, &e) {
		io.WriteString(w, e.Message+"\n")
	}
}
