throw new Error('the port is not what this server wants')
