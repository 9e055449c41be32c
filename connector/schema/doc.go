// Package schema holds records against the JSON schema that their source has declared for a stream.
//
// It is lenient about form and strict about content: sources send null schemas, unknown types and unions that overlap, and each of
// these means "anything", while what a schema says in a way that can be understood is held against every value. A record is looked at
// column by column, so that what is wrong with one costs and hides nothing of the others. Neither a schema nor a record can make it
// take more time or memory than their size explains.
//
// The package must not know what a column is good for, nor what happens to a record that breaks its schema.
package schema
