package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// tidy brings values into the one form in which they are used.
func (c *Config) tidy() {
	trim(reflect.ValueOf(c).Elem())
	c.DefaultCountry = strings.ToUpper(c.DefaultCountry)
	c.APIURL = strings.TrimRight(c.APIURL, "/")
	for _, to := range []*Storage{&c.ObjectStorage, &c.Journal} {
		to.Endpoint = strings.TrimRight(to.Endpoint, "/")
		to.Path = strings.Trim(to.Path, "/")
	}
	tidyKeys(c.MatchOn)
	for i := range c.Streams {
		if own := c.Streams[i].MatchOn; own != nil {
			tidyKeys(*own)
		}
	}
	for i := range c.FieldMapping {
		if m := &c.FieldMapping[i]; m.Value != nil && *m.Value == "" { // what a form sends for a field that was not filled in
			m.Value = nil
		}
	}
}

// trim removes the blanks and line ends that come with pasted values, but those of
// fields tagged as verbatim: in the names of columns and streams they may be meant.
func trim(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.TrimSpace(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			trim(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			trim(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("blanks") != "verbatim" {
				trim(v.Field(i))
			}
		}
	}
}

func tidyKeys(keys []string) {
	for i, k := range keys {
		if field, ok := strings.CutPrefix(k, CustomFieldKey); ok {
			keys[i] = CustomFieldKey + strings.TrimSpace(field)
		}
	}
}

var (
	country   = regexp.MustCompile(`^([A-Z]{2})?$`)
	location  = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	printable = regexp.MustCompile(`^[!-~]+$`)
	bucket    = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	region    = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	// stopgap is what examples, templates and platforms that mask secrets leave in a value's place.
	stopgap = regexp.MustCompile(`(?i)^(x{3,}|pit-[x-]{8,}|\*+|\.{3}|[<{\[].*[>}\]]|(your|my)[-_ ].*|change[-_]?me|placeholder)$`)
)

// check reports what the schema cannot say. It runs on what could be read even if something else could not.
func (c *Config) check(k *checker) {
	c.Credentials.check(k)
	checkPasted(k, "location_id", c.LocationID, location, "must hold only letters and digits")
	checkTexts(k, "tags", c.Tags)
	checkManaged(k, "managed_tags", c.ManagedTags)
	if !country.MatchString(c.DefaultCountry) {
		k.fault("default_country", "must be a two-letter country code, such as US, or empty")
	}
	checkKeys(k, "match_on", c.MatchOn, contactKeys)
	checkTexts(k, "null_words", c.NullWords)
	c.checkMappings(k)
	c.checkStreams(k)
	c.ObjectStorage.check(k, "object_storage_config.")
	c.Journal.check(k, "journal.")
	c.checkNewer(k)
	c.checkRemoval(k)
	switch {
	case !plainURL(c.APIURL):
		k.fault("api_url", "must be an http or https address without user name, query and fragment")
	case exposed(c.APIURL):
		k.fault("api_url", "must begin with https://, so that nobody on the way reads the token; http:// is for this computer and private networks")
	}
}

// check reports what is wrong with the fields that were filled in or have to be. If it cannot be told how to sign in, none has to.
func (c *Credentials) check(k *checker) {
	token, app := c.AuthType == PersonalAccessToken, c.AuthType == OAuth2
	for _, f := range []struct {
		key, value string
		needed     bool
	}{
		{"client_id", c.ClientID, app},
		{"client_secret", c.ClientSecret.Reveal(), app},
		{"refresh_token", c.RefreshToken.Reveal(), app},
		{"access_token", c.AccessToken.Reveal(), token},
	} {
		if f.needed || f.value != "" {
			checkPasted(k, "credentials."+f.key, f.value, printable, "must be the "+noun(f.key)+" alone, without blanks or other text")
		}
	}
}

// noun is the last word of a key: token, secret or id.
func noun(key string) string { return key[strings.LastIndex(key, "_")+1:] }

// check reports what is wrong with the place that was chosen; path begins its keys.
func (o *Storage) check(k *checker, path string) {
	if o.StorageType == StoreLocal && o.Folder == "" {
		k.fault(path+"path", "empty; give the path of a folder")
	}
	if o.StorageType != StoreS3 {
		return
	}
	checkPasted(k, path+"access_key_id", o.AccessKeyID.Reveal(), printable, "must be the id alone, without blanks or other text")
	checkPasted(k, path+"secret_access_key", o.SecretAccessKey.Reveal(), printable, "must be the key alone, without blanks or other text")
	checkPasted(k, path+"s3_bucket_name", o.Bucket, bucket, "must be the name alone, without s3:// and slashes")
	checkPasted(k, path+"s3_bucket_region", o.Region, region, "must be the region's code, such as us-east-1")
	if u, err := url.Parse(o.Endpoint); o.Endpoint != "" && (err != nil || !plainURL(o.Endpoint) || u.Path != "") {
		k.fault(path+"s3_endpoint", "must be an http or https address without path, user name, query and fragment")
	}
	if o.Path == "" {
		k.fault(path+"bucket_path", "empty")
	}
	for folder := range strings.SplitSeq(o.Path, "/") {
		if folder == "." || folder == ".." {
			k.fault(path+"bucket_path", "must not hold the folders . and ..")
		}
	}
}

// checkRemoval reports a removal that could find nothing: the stream's tags are what its contacts are recognised by. Which streams
// there will be, and their modes, is not known here; so one stream with tags of its own is enough.
func (c *Config) checkRemoval(k *checker) {
	tagged := slices.ContainsFunc(c.Streams, func(s Stream) bool { return s.Tags != nil && len(*s.Tags) > 0 })
	if (c.OnMissing == RemoveTags || c.OnMissing == Delete) && len(c.Tags) == 0 && !tagged && !k.seen["tags"] {
		k.fault("on_missing", "needs tags: without them, contacts missing from a sync cannot be recognised")
	}
}

// checkNewer reports a condition that nobody could tell: a sync's own changes raise the time of a contact too.
func (c *Config) checkNewer(k *checker) {
	newer := slices.ContainsFunc(c.FieldMapping, func(m FieldMapping) bool { return m.When == IfNewer }) ||
		slices.ContainsFunc(c.Streams, func(s Stream) bool { return s.When == IfNewer })
	if newer && (c.Journal.StorageType == StoreNone || c.Journal.StorageType == "") && !k.seen["journal"] {
		k.fault("journal", "needed for if_newer: it tells the changes of other people from the connector's own; set storage_type to %s or %s", StoreLocal, StoreS3)
	}
}

// checkPasted reports a value that is empty, that nobody filled in, or that does not have its form.
func checkPasted(k *checker, path, value string, form *regexp.Regexp, rule string) {
	switch {
	case value == "":
		k.fault(path, "empty")
	case stopgap.MatchString(value):
		k.fault(path, "is a placeholder; put the real one there")
	case !form.MatchString(value):
		k.fault(path, "%s", rule)
	}
}

// checkTexts reports the items of a list that say nothing.
func checkTexts(k *checker, path string, items []string) {
	for i, t := range items {
		if t == "" {
			k.fault(at(path, i), "empty")
		}
	}
}

// checkManaged reports what is neither a tag nor the beginning of tags. The beginning of all tags is none: a list that was meant for a
// few would take every other program's tags off.
func checkManaged(k *checker, path string, tags []string) {
	checkTexts(k, path, tags)
	for i, t := range tags {
		switch n := strings.Count(t, AnyOther); {
		case t == AnyOther:
			k.fault(at(path, i), "would take every tag off; put the beginning of your own tags before the *")
		case n > 1 || n == 1 && !strings.HasSuffix(t, AnyOther):
			k.fault(at(path, i), "must be a tag, or the beginning of tags with one * at its end")
		}
	}
}

func checkKeys(k *checker, path string, keys, known []string) {
	for i, key := range keys {
		field, custom := strings.CutPrefix(key, CustomFieldKey)
		switch {
		case !slices.Contains(known, key) && (!custom || field == ""):
			k.fault(at(path, i), "must be %s or %sKEY", strings.Join(known, ", "), CustomFieldKey)
		case slices.Index(keys, key) < i:
			k.fault(at(path, i), "the same as %s", at(path, slices.Index(keys, key)))
		}
	}
}

func (c *Config) checkStreams(k *checker) {
	type id struct{ namespace, name string }
	first := map[id]int{}
	for i, s := range c.Streams {
		path := at("streams", i)
		if strings.TrimSpace(s.Name) == "" {
			k.fault(path+".name", "empty")
		}
		if j, taken := first[id{s.Namespace, s.Name}]; taken {
			k.fault(path+".name", "the same stream as %s", at("streams", j))
		} else {
			first[id{s.Namespace, s.Name}] = i
		}
		if s.Tags != nil {
			checkTexts(k, path+".tags", *s.Tags)
		}
		if s.ManagedTags != nil {
			checkManaged(k, path+".managed_tags", *s.ManagedTags)
		}
		if s.MatchOn != nil {
			checkKeys(k, path+".match_on", *s.MatchOn, streamKeys)
		}
		for i, column := range s.DeletedWhen {
			if strings.TrimSpace(column) == "" {
				k.fault(at(path+".deleted_when", i), "empty")
			}
		}
	}
}

func plainURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" &&
		u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && !strings.ContainsAny(address, "#?@ ")
}

// exposed reports whether what is sent to an address goes unencrypted, and farther than to this computer or a private network, as far
// as the name of the host tells.
func exposed(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast()
	}
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".internal")
}

func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
