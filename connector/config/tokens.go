package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// WithTokens returns the whole configuration as the user gave it, with the OAuth tokens of its credentials replaced: what the
// platform has to keep from now on. Nothing else is touched, nor are defaults filled in; numbers stay byte for byte, the order of
// keys and the white space may change. An empty refresh token leaves the one that is there, for the answer that brought none said
// that it stays good; a zero expiry and an empty company id take the old ones away. The result holds secrets in the clear and must go nowhere but into the
// message to the platform. The only error is that c was not made by Parse or does not sign in by OAuth.
func (c Config) WithTokens(access, refresh string, expiry time.Time, companyID string) ([]byte, error) {
	if c.given == nil || c.Credentials.AuthType != OAuth2 {
		return nil, errors.New("config: no OAuth credentials whose tokens could be replaced")
	}
	whole, err := members(c.given())
	if err != nil {
		return nil, err
	}
	credentials, err := members(whole["credentials"])
	if err != nil {
		return nil, err
	}
	credentials["access_token"] = quote(access)
	if refresh != "" {
		credentials["refresh_token"] = quote(refresh)
	}
	delete(credentials, "token_expiry_date")
	if !expiry.IsZero() {
		credentials["token_expiry_date"] = quote(expiry.UTC().Format(time.RFC3339))
	}
	delete(credentials, "company_id")
	if companyID != "" {
		credentials["company_id"] = quote(companyID)
	}
	whole["credentials"] = encode(credentials)
	return encode(whole), nil
}

// members splits an object. What its members hold is not looked at, and so comes out as it went in. Its error has no values.
func members(object []byte) (map[string]json.RawMessage, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(object, &m); err != nil || m == nil {
		return nil, errors.New("config: the configuration is no object any more")
	}
	return m, nil
}

func quote(s string) json.RawMessage { return encode(s) }

// encode writes strings and what members gave: neither can fail. Signs such as & stay as they are.
func encode(v any) json.RawMessage {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
